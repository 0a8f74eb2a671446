package io.traffik.spi;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The stage of a call that waits for a thread. Either a thread claims the call, or its deadline
 * does; then it is never executed and has charged nothing. {@link StageDeadline} reports the latter
 * as overload, not as a failure of the store. Thread-safe.
 *
 * @param <T> the type of the value
 */
public final class QueuedStage<T extends @Nullable Object> extends CompletableFuture<T> {

  private final AtomicBoolean claimed = new AtomicBoolean();

  /** Creates the stage of a call that no thread has claimed. */
  public QueuedStage() {}

  /**
   * Claims the call, either for its execution or at its deadline.
   *
   * @return false if it was claimed before
   */
  public boolean claim() {
    return claimed.compareAndSet(false, true);
  }
}

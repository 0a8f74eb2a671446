package io.traffik.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that is made once, when it is first needed, and by one attempt at a time: whoever needs
 * it waits for the attempt that is under way. One that failed leaves the next to try again.
 */
final class SharedAttempt<T> {

  private final Supplier<CompletionStage<T>> making;
  private final Function<T, CompletionStage<?>> closing;
  private final AtomicReference<@Nullable CompletableFuture<T>> attempt = new AtomicReference<>();
  private volatile @Nullable T made;
  private volatile boolean closed;

  /**
   * @param making begins an attempt
   * @param closing closes what came out of one
   */
  SharedAttempt(Supplier<CompletionStage<T>> making, Function<T, CompletionStage<?>> closing) {
    this.making = making;
    this.closing = closing;
  }

  /** What was made, or null if it has yet to be. */
  @Nullable T made() {
    return made;
  }

  /** What was made or will be, for the caller to do with as it likes. */
  CompletableFuture<T> get() {
    CompletableFuture<T> mine = new CompletableFuture<>();
    while (true) {
      CompletableFuture<T> known = attempt.get();
      if (known != null) {
        return known.copy();
      }
      if (attempt.compareAndSet(null, mine)) {
        begin(mine);
        return mine.copy();
      }
    }
  }

  private void begin(CompletableFuture<T> mine) {
    try {
      Stages.onEnd(
          making.get(),
          (value, thrown) -> {
            if (thrown == null) {
              made = value;
              mine.complete(value);
              closeIfDue(value);
            } else {
              fail(mine, thrown);
            }
          });
    } catch (Throwable t) {
      // Errors too, that of a class that is missing, say: an attempt that never ended would be the
      // last.
      fail(mine, t);
    }
  }

  private void fail(CompletableFuture<T> mine, Throwable thrown) {
    attempt.compareAndSet(mine, null);
    mine.completeExceptionally(thrown);
  }

  private void closeIfDue(T value) {
    if (closed) {
      Stages.onEnd(closing.apply(value), (done, thrown) -> {});
    }
  }

  /**
   * Closes what was made, and what an attempt under way may still make.
   *
   * @return ends when the former is closed
   */
  CompletionStage<?> close() {
    closed = true;
    T value = made;
    return value == null ? CompletableFuture.completedFuture(null) : closing.apply(value);
  }
}

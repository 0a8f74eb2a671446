package io.traffik.resilience;

import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.spi.BackendCall;
import io.traffik.spi.ForwardingBackend;
import io.traffik.spi.StageDeadline;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A backend whose calls end at a deadline, over one whose calls may hang.
 *
 * <pre>{@code
 * Backend backend = DeadlineBackend.over(new JdbcBackend("myapp", database), Duration.ofMillis(250));
 * }</pre>
 *
 * <p>A call that is late fails with a {@link BackendException}, so that the throttle's {@link
 * io.traffik.FailurePolicy} decides; the hit may have been charged. Blocking calls run on daemon
 * threads of this backend, at most 256 at once, and no client can occupy more threads than are
 * free. A late call occupies its thread until the store returns. Further calls fail with an {@link
 * io.traffik.OverloadException}, or with a {@code BackendException} if the store has answered none
 * in time for two deadlines. Stages are bounded by a timer. If the wrapped backend has no
 * asynchronous methods of its own, its asynchronous calls run on threads that all such backends of
 * the process share. A batch counts as one call of its first client.
 *
 * <p>{@link #open()} may take ten seconds, or the deadline if it is longer. {@link #reset()} and
 * {@link #close()} are not bounded. The wrapped backend sees no thread-locals of its caller.
 *
 * <p>Thread-safe. An interrupt does not shorten the wait for a decision; the thread stays
 * interrupted.
 */
public final class DeadlineBackend extends ForwardingBackend {

  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration OPENING = Duration.ofSeconds(10);

  private final Duration deadline;
  private final BlockingCalls calls;

  private DeadlineBackend(Backend delegate, Duration deadline) {
    super(delegate);
    this.deadline = deadline;
    this.calls = new BlockingCalls(delegate.namespace(), deadline);
  }

  /**
   * Wraps a backend.
   *
   * @param backend the backend, not null; {@link #close()} closes it
   * @param deadline the longest time of a call, above zero and at most an hour; not null
   * @return the wrapper
   * @throws ConfigurationException if the deadline is out of range
   */
  public static DeadlineBackend over(Backend backend, Duration deadline) {
    Objects.requireNonNull(backend, "backend must not be null");
    Objects.requireNonNull(deadline, "deadline must not be null");
    if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(LONGEST) > 0) {
      throw new ConfigurationException(
          "deadline must be above zero and at most one hour: "
              + deadline
              + ". Pass for example Duration.ofMillis(250).");
    }
    return new DeadlineBackend(backend, deadline);
  }

  @Override
  public long[] decide(BackendCall call) {
    return calls.call(call.identity(), () -> delegate().decide(call));
  }

  @Override
  public List<long[]> decideAll(List<BackendCall> batch) {
    return calls.call(clientOf(batch), () -> delegate().decideAll(batch));
  }

  @Override
  public List<long[]> decideTogether(List<BackendCall> hits) {
    return calls.call(clientOf(hits), () -> delegate().decideTogether(hits));
  }

  private static String clientOf(List<BackendCall> batch) {
    return batch.isEmpty() ? "" : batch.get(0).identity();
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    return bound(() -> delegate().decideAsync(call));
  }

  @Override
  public CompletionStage<List<long[]>> decideAllAsync(List<BackendCall> batch) {
    return bound(() -> delegate().decideAllAsync(batch));
  }

  @Override
  public CompletionStage<List<long[]>> decideTogetherAsync(List<BackendCall> hits) {
    return bound(() -> delegate().decideTogetherAsync(hits));
  }

  private <T> CompletionStage<T> bound(Supplier<@Nullable CompletionStage<T>> call) {
    try {
      CompletionStage<T> stage = call.get();
      if (stage == null) {
        throw new BackendException(
            "Asynchronous methods of backend \"" + namespace() + "\" must not return null");
      }
      return StageDeadline.bound(stage, deadline, () -> calls.late(deadline));
    } catch (Throwable t) {
      return CompletableFuture.failedFuture(t);
    }
  }

  @Override
  public boolean boundsAsyncCalls() {
    return true;
  }

  @Override
  public void open() {
    Duration longest = deadline.compareTo(OPENING) > 0 ? deadline : OPENING;
    calls.call(
        "open",
        longest,
        () -> {
          delegate().open();
          return this;
        });
  }
}

package io.traffik.spi;

import io.traffik.BackendException;
import io.traffik.OverloadException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Bounds the time in which a stage completes, for backends whose store may never answer. */
public final class StageDeadline {

  /**
   * The continuations of late stages must not run on the timer's thread, which all stages share.
   */
  private static final Executor EXECUTOR =
      DaemonExecutor.of("traffik-deadline-", 4, new LinkedBlockingQueue<>());

  private StageDeadline() {}

  /**
   * Returns a stage that completes as another one does, or fails at the deadline. The other stage
   * is left alone; what it completes with later is ignored.
   *
   * @param stage the stage, not null
   * @param deadline the time from now, above zero; not null
   * @param failure creates the exception of a late stage, not null. A {@link QueuedStage} that has
   *     not started fails with an {@link OverloadException} instead.
   * @param <T> the type of the value
   * @return the same stage if it is complete; otherwise a bounded one
   */
  public static <T extends @Nullable Object> CompletionStage<T> bound(
      CompletionStage<T> stage, Duration deadline, Supplier<BackendException> failure) {
    Objects.requireNonNull(deadline, "deadline must not be null");
    Objects.requireNonNull(failure, "failure must not be null");
    if (stage instanceof CompletableFuture<T> future && future.isDone()) {
      return stage;
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    stage.whenComplete(
        (value, thrown) -> {
          if (thrown == null) {
            result.complete(value);
          } else {
            result.completeExceptionally(thrown);
          }
        });
    if (!result.isDone()) {
      Future<?> timer =
          DaemonTimer.schedule(
              deadline.toNanos(),
              EXECUTOR,
              () -> {
                if (!result.isDone()) {
                  result.completeExceptionally(expiry(stage, failure));
                }
              });
      var unused = result.whenComplete((value, thrown) -> timer.cancel(false));
    }
    return result;
  }

  private static Throwable expiry(
      CompletionStage<?> stage, Supplier<? extends BackendException> failure) {
    try {
      return stage instanceof QueuedStage<?> queued && queued.claim()
          ? new OverloadException(
              "No thread was free for an asynchronous call before its deadline. Nothing was"
                  + " charged. Shed load, or give the backend asynchronous methods.")
          : failure.get();
    } catch (Throwable t) {
      // The exception may name the backend, and a user's backend may throw. The stage must end.
      return t;
    }
  }
}

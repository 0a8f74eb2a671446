package io.traffik.store;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls a store without blocking, and waits for no answer longer than {@link
 * CompareAndSetLoop#LIMIT_NANOS}: one that never comes would hold up all later questions about its
 * key.
 */
final class AsyncStoreCalls implements StoreCalls {

  private final CompareAndSetBackend store;
  private final Executor executor;

  AsyncStoreCalls(CompareAndSetBackend store, Executor executor) {
    this.store = store;
    this.executor = executor;
  }

  @Override
  public CompletionStage<@Nullable Void> turn(CompletableFuture<@Nullable Void> turn) {
    // The thread that ends the batch before has its own business.
    return turn.isDone() ? turn : turn.thenRunAsync(() -> {}, executor);
  }

  @Override
  public CompletionStage<byte @Nullable []> read(String key) {
    return limited(() -> store.readAsync(key));
  }

  @Override
  public CompletionStage<Boolean> compareAndSet(
      String key, byte @Nullable [] expected, byte[] update, Duration expiry) {
    return limited(() -> store.compareAndSetAsync(key, expected, update, expiry));
  }

  @Override
  public CompletionStage<@Nullable Void> pause(long nanos) {
    // Not by a delayed executor: a refusal would come to a thread that drops it.
    return new CompletableFuture<@Nullable Void>()
        .completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS)
        .thenRunAsync(() -> {}, executor);
  }

  private <T extends @Nullable Object> CompletionStage<T> limited(
      Supplier<CompletionStage<T>> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    CompletableFuture<@Nullable Void> timer = new CompletableFuture<>();
    try {
      call.get()
          .whenComplete(
              (value, thrown) -> {
                if (thrown == null) {
                  result.complete(value);
                } else {
                  result.completeExceptionally(thrown);
                }
                timer.cancel(false);
              });
    } catch (Throwable t) {
      result.completeExceptionally(t);
    }
    if (!result.isDone()) {
      // What follows a failure must not run on the timer's thread, which all of the process shares.
      CompletionStage<?> ended =
          timer
              .completeOnTimeout(null, CompareAndSetLoop.LIMIT_NANOS, TimeUnit.NANOSECONDS)
              .thenRunAsync(() -> {}, executor);
      ended.whenComplete((nothing, refused) -> giveUp(result));
    }
    return result;
  }

  private static void giveUp(CompletableFuture<?> result) {
    if (!result.isDone()) {
      result.completeExceptionally(
          new TimeoutException(
              "no answer within "
                  + TimeUnit.NANOSECONDS.toMillis(CompareAndSetLoop.LIMIT_NANOS)
                  + " ms"));
    }
  }
}

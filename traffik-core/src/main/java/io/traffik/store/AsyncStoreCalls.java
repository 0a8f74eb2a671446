package io.traffik.store;

import io.traffik.spi.DaemonTimer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls a store without blocking, and fails a call after {@link CompareAndSetLoop#TIMEOUT_NANOS}.
 * Without the timeout, a lost response would delay all later decisions on its key forever.
 */
final class AsyncStoreCalls implements StoreCalls {

  private final CompareAndSetBackend store;
  private final StoreOpening opening;
  private final Executor executor;

  AsyncStoreCalls(CompareAndSetBackend store, StoreOpening opening, Executor executor) {
    this.store = store;
    this.opening = opening;
    this.executor = executor;
  }

  @Override
  public boolean areBlocking() {
    return false;
  }

  @Override
  public CompletionStage<@Nullable Void> awaitReady(CompletableFuture<@Nullable Void> ready) {
    // The thread that completes the previous batch must not run this one.
    return ready.isDone() ? ready : ready.thenRunAsync(() -> {}, executor);
  }

  @Override
  public CompletionStage<byte @Nullable []> read(String key) {
    return opening.isDone()
        ? withTimeout(() -> store.readAsync(key))
        : withTimeout(() -> open().thenCompose(opened -> store.readAsync(key)));
  }

  private CompletionStage<@Nullable Void> open() {
    return CompletableFuture.runAsync(
        () -> {
          try {
            opening.ensure();
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        },
        executor);
  }

  @Override
  public CompletionStage<Boolean> compareAndSet(
      String key, byte @Nullable [] expected, byte[] update, Duration expiry) {
    return withTimeout(() -> store.compareAndSetAsync(key, expected, update, expiry));
  }

  @Override
  public CompletionStage<@Nullable Void> pause(long nanos) {
    CompletableFuture<@Nullable Void> timer = new CompletableFuture<>();
    var unused = DaemonTimer.schedule(nanos, () -> timer.complete(null));
    // A rejection of the executor must fail the stage.
    return timer.thenRunAsync(() -> {}, executor);
  }

  private <T extends @Nullable Object> CompletionStage<T> withTimeout(
      Supplier<CompletionStage<T>> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      call.get()
          .whenComplete(
              (value, thrown) -> {
                if (thrown == null) {
                  result.complete(value);
                } else {
                  result.completeExceptionally(thrown);
                }
              });
    } catch (Throwable t) {
      result.completeExceptionally(t);
    }
    if (!result.isDone()) {
      // All of the process shares the timer's thread, so dependent stages must not run on it.
      Future<?> timer =
          DaemonTimer.schedule(
              CompareAndSetLoop.TIMEOUT_NANOS, executor, () -> failUnlessDone(result));
      var unused = result.whenComplete((value, thrown) -> timer.cancel(false));
    }
    return result;
  }

  private static void failUnlessDone(CompletableFuture<?> result) {
    if (!result.isDone()) {
      result.completeExceptionally(
          new TimeoutException(
              "No response within "
                  + TimeUnit.NANOSECONDS.toMillis(CompareAndSetLoop.TIMEOUT_NANOS)
                  + " ms"));
    }
  }
}

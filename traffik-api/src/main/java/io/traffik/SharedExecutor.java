package io.traffik;

import io.traffik.spi.DaemonExecutor;
import io.traffik.spi.FairShareLimiter;
import io.traffik.spi.QueuedStage;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The executor of asynchronous calls to backends that override no asynchronous method. The default
 * executor of {@link java.util.concurrent.CompletableFuture} starts a thread per call on small
 * machines.
 */
final class SharedExecutor {

  private static final int THREADS = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());
  private static final int MAX_QUEUED = 10_000;

  private static final Executor EXECUTOR =
      DaemonExecutor.of("traffik-blocking-", THREADS, new ArrayBlockingQueue<>(MAX_QUEUED));

  private static final FairShareLimiter PLACES = new FairShareLimiter(MAX_QUEUED);

  private SharedExecutor() {}

  /**
   * Executes a blocking call of a backend.
   *
   * @param client whose share of the places the call occupies
   * @return the result, or failed with an {@link OverloadException} if the client has no place
   */
  static <T> CompletableFuture<T> submit(Backend backend, String client, Supplier<T> call) {
    if (!PLACES.tryAcquire(client, 1)) {
      return CompletableFuture.failedFuture(
          new OverloadException(
              "Too many asynchronous calls wait for blocking backends: "
                  + MAX_QUEUED
                  + " (the limit of all clients together). Give backend \""
                  + backend.namespace()
                  + "\" asynchronous methods of its own, or shed load."));
    }
    QueuedStage<T> result = new QueuedStage<>();
    try {
      EXECUTOR.execute(
          () -> {
            if (!result.claim()) {
              // Its deadline has passed. A flood must not keep the threads busy afterwards.
              PLACES.release(client, 1);
              return;
            }
            try {
              T value = call.get();
              PLACES.release(client, 1);
              result.complete(value);
            } catch (Throwable t) {
              PLACES.release(client, 1);
              result.completeExceptionally(t);
            }
          });
    } catch (Throwable t) {
      PLACES.release(client, 1);
      return CompletableFuture.failedFuture(t);
    }
    return result;
  }
}

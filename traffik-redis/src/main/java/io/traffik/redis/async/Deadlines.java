package io.traffik.redis.async;

import io.traffik.spi.DaemonExecutor;
import io.traffik.spi.DaemonTimer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends calls at their deadlines. A few daemon threads complete the calls that are late. Idle
 * threads end.
 */
public final class Deadlines {

  private static final int MIN_TIMEOUT_THREADS = 2;

  /**
   * Completes late calls and runs their dependent stages. Not the common pool: an application that
   * keeps it busy would delay all deadlines.
   */
  static final Executor TIMEOUT_EXECUTOR =
      DaemonExecutor.of(
          "traffik-redis-timeout-",
          Math.max(MIN_TIMEOUT_THREADS, Runtime.getRuntime().availableProcessors()),
          new LinkedBlockingQueue<>());

  private Deadlines() {}

  /**
   * A timeout without a stack trace: thousands may be made at once, and the timer's stack does not
   * help.
   */
  public static final class DeadlineExceededException extends TimeoutException {

    private static final long serialVersionUID = 1L;

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  /**
   * Fails a future with a {@link TimeoutException} unless it completes in time. Dependent stages
   * then run on the timeout executor, not on the timer's thread.
   *
   * @return the same future
   */
  public static <T> CompletableFuture<T> orTimeout(CompletableFuture<T> future, long timeoutNanos) {
    if (!future.isDone()) {
      Future<?> timeout =
          DaemonTimer.schedule(
              timeoutNanos,
              TIMEOUT_EXECUTOR,
              () -> future.completeExceptionally(new DeadlineExceededException()));
      var unused = future.whenComplete((value, thrown) -> timeout.cancel(false));
    }
    return future;
  }

  /** Completes a future with a value after a delay, unless it is complete by then. */
  public static <T> void completeAfter(CompletableFuture<T> future, T value, long delayNanos) {
    Future<?> completion =
        DaemonTimer.schedule(delayNanos, TIMEOUT_EXECUTOR, () -> future.complete(value));
    var unused = future.whenComplete((done, thrown) -> completion.cancel(false));
  }

  /**
   * Waits for a future, and cancels it if it does not complete in time.
   *
   * @throws Exception the failure of the future, a {@link TimeoutException} or an {@link
   *     InterruptedException}
   */
  public static <T> T await(CompletableFuture<T> future, long timeoutNanos) throws Exception {
    try {
      return future.get(timeoutNanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException | InterruptedException e) {
      future.cancel(true);
      throw e;
    }
  }

  /**
   * Waits for the end of a future, successful or not. Does not cancel it.
   *
   * @param deadline the instant of {@link System#nanoTime} at which the wait ends
   */
  public static void awaitEnd(Future<?> future, long deadline) throws InterruptedException {
    try {
      var unused = future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | CancellationException | TimeoutException e) {
      // The caller continues in every case.
    }
  }

  /**
   * Waits for a future. An interrupt does not end the wait, because it could not take back what was
   * sent; the thread's interrupt flag is set afterwards. Does not cancel the future.
   *
   * @throws Exception the failure of the future, or a {@link TimeoutException}
   */
  public static <T> T awaitUninterruptibly(Future<T> future, long timeoutNanos) throws Exception {
    long deadline = System.nanoTime() + timeoutNanos;
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

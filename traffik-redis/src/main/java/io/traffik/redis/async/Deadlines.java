package io.traffik.redis.async;

import io.traffik.spi.DaemonExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends calls at their deadlines. One daemon thread is the timer for all calls; a few others
 * complete the calls that are late. Idle threads end.
 */
public final class Deadlines {

  private static final int IDLE_SECONDS = 10;
  private static final int MIN_TIMEOUT_THREADS = 2;
  private static final ScheduledThreadPoolExecutor TIMER = timer();

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

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "traffik-redis-deadlines");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  /**
   * Runs an action on the timer's thread after a delay. The action must be short: all deadlines
   * share this thread.
   */
  static Future<?> schedule(long delayNanos, Runnable action) {
    return TIMER.schedule(action, delayNanos, TimeUnit.NANOSECONDS);
  }

  /** Runs an action on an executor, or on this thread if the executor fails. */
  static void executeOrRun(Executor executor, Runnable action) {
    try {
      executor.execute(action);
    } catch (Throwable t) {
      // For example, no thread can be started. A slow timer is better than a call that never ends.
      action.run();
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
          schedule(
              timeoutNanos,
              () ->
                  executeOrRun(
                      TIMEOUT_EXECUTOR,
                      () -> future.completeExceptionally(new DeadlineExceededException())));
      var unused = future.whenComplete((value, thrown) -> timeout.cancel(false));
    }
    return future;
  }

  /** Completes a future with a value after a delay, unless it is complete by then. */
  public static <T> void completeAfter(CompletableFuture<T> future, T value, long delayNanos) {
    Future<?> completion =
        schedule(delayNanos, () -> executeOrRun(TIMEOUT_EXECUTOR, () -> future.complete(value)));
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

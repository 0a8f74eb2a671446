package io.traffik.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends what takes too long. One daemon thread finds out, for all, and some others tell; they live
 * while they are needed.
 */
final class Deadlines {

  private static final int IDLE_SECONDS = 10;
  private static final int FEWEST_TELLERS = 2;

  private static final ScheduledThreadPoolExecutor TIMER = timer();

  /** Tell those that are late, and do what follows from that, which takes a while. */
  static final Executor TIMEOUT_EXECUTOR = tellers();

  /** Where it was made says nothing, and thousands may be made at once. */
  static final class Late extends TimeoutException {

    private static final long serialVersionUID = 1L;

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  private Deadlines() {}

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, task -> daemon(task, "traffik-redis-deadlines"));
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  /** Not the common pool: an application that keeps that busy would hold up all deadlines. */
  private static Executor tellers() {
    int threads = Math.max(FEWEST_TELLERS, Runtime.getRuntime().availableProcessors());
    ThreadPoolExecutor tellers =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> daemon(task, "traffik-redis-late"));
    tellers.allowCoreThreadTimeOut(true);
    return tellers;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Does something after a time, on the one thread that does so for all: nothing that takes long.
   */
  static Future<?> after(long nanos, Runnable action) {
    return TIMER.schedule(action, nanos, TimeUnit.NANOSECONDS);
  }

  /** Tells somebody that it is too late. */
  static void tell(Executor tellers, Runnable action) {
    try {
      tellers.execute(action);
    } catch (Throwable t) {
      // That no thread can be started, say: the timer itself tells them, rather than nobody.
      action.run();
    }
  }

  /**
   * Fails a result with a {@link TimeoutException} after a time, unless it is there by then, and
   * returns it. What follows from that runs on another thread than the timer's, which has others to
   * end.
   */
  static <T> CompletableFuture<T> limit(CompletableFuture<T> result, long nanos) {
    if (!result.isDone()) {
      Future<?> end =
          after(
              nanos, () -> tell(TIMEOUT_EXECUTOR, () -> result.completeExceptionally(new Late())));
      Stages.onEnd(result, (value, thrown) -> end.cancel(false));
    }
    return result;
  }

  /**
   * Waits for a result, and gives it up after a time.
   *
   * @throws Exception what it failed with, or a {@link TimeoutException} or {@link
   *     InterruptedException}
   */
  static <T> T await(CompletableFuture<T> result, long nanos) throws Exception {
    try {
      return result.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException | InterruptedException e) {
      result.cancel(true);
      throw e;
    }
  }
}

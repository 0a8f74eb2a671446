package io.traffik.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ends what takes too long. One daemon thread, which lives while it is needed, does it for all. */
final class Deadlines {

  private static final int IDLE_SECONDS = 10;

  private static final ScheduledThreadPoolExecutor TIMER = timer();

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
   * Does something after a time, on the one thread that does so for all: nothing that takes long.
   */
  static Future<?> after(long nanos, Runnable action) {
    return TIMER.schedule(action, nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * Fails a result with a {@link TimeoutException} after a time, unless it is there by then, and
   * returns it. What follows from that runs on the common pool: the timer's thread has others to
   * end.
   */
  static <T> CompletableFuture<T> limit(CompletableFuture<T> result, long nanos) {
    if (!result.isDone()) {
      Future<?> end =
          after(
              nanos,
              () ->
                  ForkJoinPool.commonPool()
                      .execute(() -> result.completeExceptionally(new Late())));
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

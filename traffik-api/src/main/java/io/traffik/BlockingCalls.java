package io.traffik;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where backends without an asynchronous form of their own are called: a bounded number of daemon
 * threads, started when needed and ended when idle, and a bounded queue. The executor that {@link
 * java.util.concurrent.CompletableFuture} would use starts a thread per call on small machines.
 */
final class BlockingCalls {

  private static final int THREADS = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());
  private static final int QUEUED = 10_000;
  private static final int IDLE_SECONDS = 10;

  private static final AtomicInteger STARTED = new AtomicInteger();

  /** Refuses what would wait behind too many others. */
  static final Executor EXECUTOR = executor();

  private BlockingCalls() {}

  private static Executor executor() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUED),
            call -> {
              Thread thread = new Thread(call, "traffik-blocking-" + STARTED.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }
}

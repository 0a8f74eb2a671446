package io.traffik.websocket;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where handlers run whose decision came from elsewhere: a bounded number of daemon threads,
 * started when needed and ended when idle. What waits for them is bounded by the number of
 * connections, since each has one task at most.
 */
final class Deliveries {

  private static final int THREADS = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());
  private static final int IDLE_SECONDS = 10;

  private static final AtomicInteger STARTED = new AtomicInteger();

  static final Executor EXECUTOR = executor();

  private Deliveries() {}

  private static Executor executor() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "traffik-messages-" + STARTED.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }
}

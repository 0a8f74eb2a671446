package io.traffik.spi;

import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A factory of executors whose daemon threads start on demand and end after an idle second. Such an
 * executor neither keeps a process alive nor needs a shutdown. Its threads are {@link
 * DaemonThreads}.
 */
public final class DaemonExecutor {

  /** Short, because an idle thread keeps the class loader of this library. */
  static final int IDLE_SECONDS = 1;

  private DaemonExecutor() {}

  /**
   * Creates an executor with its own threads and queue.
   *
   * @param name the prefix of the threads' names, before a number; not null
   * @param threads the maximum number of threads, at least 1
   * @param queue the queue of tasks that wait for a thread, not null. If it is full, the executor
   *     throws {@link java.util.concurrent.RejectedExecutionException}
   * @return the executor
   * @throws IllegalArgumentException if {@code threads} is below 1
   */
  public static ThreadPoolExecutor of(String name, int threads, BlockingQueue<Runnable> queue) {
    Objects.requireNonNull(name, "name must not be null");
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, queue, DaemonThreads.named(name));
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }
}

package io.traffik.spi;

import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fixed number of daemon threads that start on demand and end after ten idle seconds: they
 * neither keep a process alive nor need to be shut down.
 */
public final class DaemonExecutor {

  private static final int IDLE_SECONDS = 10;

  private DaemonExecutor() {}

  /**
   * An executor with threads and a queue of its own.
   *
   * @param name the prefix of the threads' names, followed by a number; not null
   * @param threads the largest number of threads, at least 1
   * @param queue the queue of tasks that wait for a thread; when it is full, further tasks are
   *     rejected with a {@link java.util.concurrent.RejectedExecutionException}; not null
   * @return the executor
   * @throws IllegalArgumentException if {@code threads} is below 1
   */
  public static ThreadPoolExecutor of(String name, int threads, BlockingQueue<Runnable> queue) {
    Objects.requireNonNull(name, "name must not be null");
    AtomicInteger started = new AtomicInteger();
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            queue,
            task -> {
              Thread thread = new Thread(task, name + started.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }
}

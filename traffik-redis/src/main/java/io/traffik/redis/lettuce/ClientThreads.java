package io.traffik.redis.lettuce;

import io.lettuce.core.resource.ThreadFactoryProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.traffik.spi.DaemonThreads;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The threads of a client that was made for one backend. A server must not unload an application
 * before they have ended: they would load classes that no longer exist. Thread-safe.
 */
final class ClientThreads implements ThreadFactoryProvider {

  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

  @Override
  public ThreadFactory getThreadFactory(String poolName) {
    DefaultThreadFactory factory = new DefaultThreadFactory(poolName, true);
    return task -> {
      Thread thread = factory.newThread(task);
      threads.removeIf(old -> old.getState() == Thread.State.TERMINATED);
      threads.add(thread);
      return thread;
    };
  }

  /**
   * Starts a daemon thread for one task. Its context class loader can load the classes of Lettuce,
   * and so can those of the threads that Lettuce starts on it.
   */
  static Thread start(String name, Runnable task) {
    Thread thread = DaemonThreads.create(name, task);
    thread.setContextClassLoader(ClientThreads.class.getClassLoader());
    thread.start();
    return thread;
  }

  /**
   * Waits until all threads have ended, after the client was shut down.
   *
   * @param deadline the instant of {@link System#nanoTime} at which the wait ends
   */
  void awaitEnd(long deadline) throws InterruptedException {
    for (Thread thread : threads) {
      TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
    }
    awaitGlobalExecutor(deadline);
  }

  /**
   * Waits for a thread of Netty that ends a second after the last client. It harms nobody if Netty
   * is on the class path of the JVM, and is never unloaded.
   */
  private static void awaitGlobalExecutor(long deadline) throws InterruptedException {
    long remaining = deadline - System.nanoTime();
    if (remaining > 0
        && GlobalEventExecutor.class.getClassLoader() != ClassLoader.getSystemClassLoader()) {
      try {
        var unused = GlobalEventExecutor.INSTANCE.awaitInactivity(remaining, TimeUnit.NANOSECONDS);
      } catch (IllegalStateException e) {
        // It was never started.
      }
    }
  }
}

package io.traffik.spi;

import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A factory of daemon threads that keep nothing of the code that starts them. Threads that several
 * applications share must not keep the class loader of one of them, or it could never be unloaded.
 *
 * <p>Their context class loader is the system class loader, as in the common pool of the JDK. They
 * inherit no inheritable thread-locals. Thread-safe.
 */
public final class DaemonThreads {

  private DaemonThreads() {}

  /**
   * Creates a factory of threads.
   *
   * @param prefix the prefix of the threads' names, before a number; not null
   * @return the factory
   */
  public static ThreadFactory named(String prefix) {
    Objects.requireNonNull(prefix, "prefix must not be null");
    AtomicInteger started = new AtomicInteger();
    return task -> create(prefix + started.incrementAndGet(), task);
  }

  /**
   * Creates a thread, which is not started.
   *
   * @param name the name, not null
   * @param task runs on the thread, not null
   * @return the thread
   */
  public static Thread create(String name, Runnable task) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
    return thread;
  }
}

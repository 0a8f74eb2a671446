package io.traffik;

import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A reference-counted use of a backend, for servers and applications that start and stop on any
 * thread. Acquiring a lease opens the backend. Closing the last lease resets the backend, unless it
 * is {@link Backend#persistent()}, and closes it, even if the reset fails. If several servers share
 * a backend, the last one to stop closes it.
 *
 * <p>Safe for any number of threads.
 */
public final class BackendLease implements AutoCloseable {

  private static final ReentrantLock LOCK = new ReentrantLock();

  /** Guarded by {@link #LOCK}. */
  private static final IdentityHashMap<Backend, Lifecycle> LIFECYCLES = new IdentityHashMap<>();

  /** The lifecycle of one backend. Its lock is held while the backend is opened or closed. */
  private static final class Lifecycle {
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}. */
    private int leases;

    /**
     * The number of leases, including those being acquired or closed. Guarded by {@link
     * BackendLease#LOCK}.
     */
    private int references;
  }

  private final Backend backend;
  private final Lifecycle lifecycle;
  private final AtomicBoolean closed = new AtomicBoolean();

  private BackendLease(Backend backend, Lifecycle lifecycle) {
    this.backend = backend;
    this.lifecycle = lifecycle;
  }

  /**
   * Acquires a lease on a backend and opens the backend. If its store is out of reach, the lease is
   * acquired all the same; see {@link BackendStart#OPTIONAL}.
   *
   * @param backend the backend, not null
   * @return the lease
   * @throws ConfigurationException if the configuration is wrong; no lease is acquired then
   * @throws IllegalStateException if the backend is closed
   */
  public static BackendLease acquire(Backend backend) {
    return acquire(backend, BackendStart.OPTIONAL);
  }

  /**
   * As {@link #acquire(Backend)}, for applications that may require their store at the start.
   *
   * @param backend the backend, not null
   * @param start whether the store is required, not null
   * @return the lease
   * @throws ConfigurationException if the configuration is wrong; no lease is acquired then
   * @throws BackendException if the store is out of reach and required; no lease is acquired then
   * @throws IllegalStateException if the backend is closed
   */
  public static BackendLease acquire(Backend backend, BackendStart start) {
    Objects.requireNonNull(start, "start must not be null");
    Objects.requireNonNull(backend, "backend must not be null");
    Lifecycle lifecycle = retain(backend);
    lifecycle.lock.lock();
    try {
      start.open(backend);
      lifecycle.leases++;
    } catch (RuntimeException | Error e) {
      release(backend, lifecycle);
      throw e;
    } finally {
      lifecycle.lock.unlock();
    }
    return new BackendLease(backend, lifecycle);
  }

  private static Lifecycle retain(Backend backend) {
    LOCK.lock();
    try {
      Lifecycle lifecycle = LIFECYCLES.computeIfAbsent(backend, absent -> new Lifecycle());
      lifecycle.references++;
      return lifecycle;
    } finally {
      LOCK.unlock();
    }
  }

  /** Called after the backend is closed, so that concurrent acquirers wait on the same lock. */
  private static void release(Backend backend, Lifecycle lifecycle) {
    LOCK.lock();
    try {
      lifecycle.references--;
      if (lifecycle.references == 0) {
        LIFECYCLES.remove(backend);
      }
    } finally {
      LOCK.unlock();
    }
  }

  /**
   * The backend.
   *
   * @return the backend
   */
  public Backend backend() {
    return backend;
  }

  /**
   * Closes this lease. Closing it again has no effect.
   *
   * @throws BackendException if this was the last lease and the reset failed; the backend is closed
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    lifecycle.lock.lock();
    try {
      lifecycle.leases--;
      if (lifecycle.leases == 0) {
        try (backend) {
          if (!backend.persistent()) {
            backend.reset();
          }
        }
      }
    } finally {
      release(backend, lifecycle);
      lifecycle.lock.unlock();
    }
  }
}

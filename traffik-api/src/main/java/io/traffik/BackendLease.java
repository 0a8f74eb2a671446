package io.traffik;

import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A share in the life of a backend, for servers and applications that start and stop on whatever
 * thread. Taking one opens the backend. When the last one is given back, the backend is reset,
 * unless it is {@link Backend#persistent()}, and closed, even if the reset fails. So of several
 * servers that share a backend, the one that stops last closes it.
 *
 * <p>Safe for any number of threads.
 */
public final class BackendLease implements AutoCloseable {

  private static final ReentrantLock LOCK = new ReentrantLock();

  /** Guarded by {@link #LOCK}. */
  private static final IdentityHashMap<Backend, Life> LIVES = new IdentityHashMap<>();

  /** The leases on one backend. Its lock is held while the backend is opened or closed. */
  private static final class Life {
    private final ReentrantLock change = new ReentrantLock();

    /** Guarded by {@link #change}. */
    private int leases;

    /** Who has a lease or is about to. Guarded by {@link BackendLease#LOCK}. */
    private int interested;
  }

  private final Backend backend;
  private final Life life;
  private final AtomicBoolean givenBack = new AtomicBoolean();

  private BackendLease(Backend backend, Life life) {
    this.backend = backend;
    this.life = life;
  }

  /**
   * Takes a lease on a backend and opens it.
   *
   * @param backend the backend, not null
   * @return the lease
   * @throws ConfigurationException if the backend cannot be opened; then no lease was taken
   * @throws IllegalStateException if the backend is closed
   */
  public static BackendLease acquire(Backend backend) {
    Objects.requireNonNull(backend, "backend must not be null");
    Life life = join(backend);
    life.change.lock();
    try {
      backend.open();
      life.leases++;
    } catch (RuntimeException | Error e) {
      leave(backend, life);
      throw e;
    } finally {
      life.change.unlock();
    }
    return new BackendLease(backend, life);
  }

  private static Life join(Backend backend) {
    LOCK.lock();
    try {
      Life life = LIVES.computeIfAbsent(backend, unknown -> new Life());
      life.interested++;
      return life;
    } finally {
      LOCK.unlock();
    }
  }

  /** Not before the backend is closed: until then, who comes must find this life and wait. */
  private static void leave(Backend backend, Life life) {
    LOCK.lock();
    try {
      life.interested--;
      if (life.interested == 0) {
        LIVES.remove(backend);
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
   * Gives this lease back; twice is the same as once.
   *
   * @throws BackendException if this was the last one and the reset failed; the backend is closed
   */
  @Override
  public void close() {
    if (!givenBack.compareAndSet(false, true)) {
      return;
    }
    life.change.lock();
    try {
      life.leases--;
      if (life.leases == 0) {
        try (backend) {
          if (!backend.persistent()) {
            backend.reset();
          }
        }
      }
    } finally {
      leave(backend, life);
      life.change.unlock();
    }
  }
}

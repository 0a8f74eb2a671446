package io.traffik.redis.jedis;

import io.traffik.redis.jedis.FairLine.Place;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One permit per connection for blocking calls. A thread that waits for one stands in a {@link
 * FairLine}. Thread-safe.
 */
final class ConnectionPermits {

  private final ReentrantLock lock = new ReentrantLock();
  private final FairLine<Waiter> line;
  private final int permits;

  ConnectionPermits(int permits) {
    this.permits = permits;
    this.line = new FairLine<>(permits);
  }

  private static final class Waiter {
    private final Thread thread = Thread.currentThread();
    private volatile boolean served;
  }

  /**
   * Waits for a permit. An interrupt does not end the wait; the interrupt flag is set afterwards.
   *
   * @param client the identity for which the permit is used
   * @return whether a permit was acquired; it must be released for the same client
   */
  boolean tryAcquire(String client, long timeoutNanos) {
    Place<Waiter> place;
    lock.lock();
    try {
      if (line.tryOccupy(client)) {
        return true;
      }
      place = line.add(client, new Waiter());
    } finally {
      lock.unlock();
    }
    return await(place, System.nanoTime() + timeoutNanos);
  }

  private boolean await(Place<Waiter> place, long end) {
    boolean interrupted = false;
    try {
      while (!place.call().served) {
        long remaining = end - System.nanoTime();
        if (remaining <= 0) {
          return !remove(place);
        }
        LockSupport.parkNanos(this, remaining);
        // An interrupted thread does not park.
        interrupted |= Thread.interrupted();
      }
      return true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns false if the permit was granted meanwhile. */
  private boolean remove(Place<Waiter> place) {
    lock.lock();
    try {
      return line.remove(place);
    } finally {
      lock.unlock();
    }
  }

  /** Passes a permit on to the thread whose turn it is. */
  void release(String client) {
    @Nullable Place<Waiter> next;
    lock.lock();
    try {
      next = line.release(client);
      if (next != null) {
        next.call().served = true;
      }
    } finally {
      lock.unlock();
    }
    if (next != null) {
      LockSupport.unpark(next.call().thread);
    }
  }

  /** The number of permits that nobody has. */
  int free() {
    lock.lock();
    try {
      return permits - line.occupied();
    } finally {
      lock.unlock();
    }
  }

  /** The number of threads that wait. */
  int waiting() {
    lock.lock();
    try {
      return line.waiting();
    } finally {
      lock.unlock();
    }
  }
}

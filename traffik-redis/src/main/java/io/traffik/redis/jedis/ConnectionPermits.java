package io.traffik.redis.jedis;

import io.traffik.redis.jedis.FairLine.Place;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One permit per connection. A thread that waits for one stands in a {@link FairLine}. There are
 * fewer permits while the server accepts fewer connections. Thread-safe.
 */
final class ConnectionPermits {

  /** The time between attempts to open one more connection than the server has accepted. */
  static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final FairLine<Waiter> line;
  private final int permits;

  /** The instant of the next attempt, if there are fewer permits than initially. */
  private long growAt;

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
      growIfDue();
    } finally {
      lock.unlock();
    }
    return await(place, System.nanoTime() + timeoutNanos);
  }

  /** One permit more, and not for the newcomer: others may have waited longer. */
  private void growIfDue() {
    if (line.connections() < permits) {
      long now = System.nanoTime();
      if (now - growAt >= 0) {
        growAt = now + RETRY_NANOS;
        resize(line.connections() + 1);
      }
    }
  }

  /** The server has accepted a connection, and may accept another. */
  void connected() {
    lock.lock();
    try {
      growAt = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adapts the number of permits to the open connections, because the server did not accept one
   * more. The caller has a permit, and must release it.
   *
   * @param idle the number of open connections that nobody uses
   * @return false if no other connection is open; the number of permits does not change then
   */
  boolean shrink(int idle) {
    lock.lock();
    try {
      int open = line.occupied() - 1 + idle;
      if (open <= 0) {
        return false;
      }
      growAt = System.nanoTime() + RETRY_NANOS;
      resize(Math.min(open, permits));
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Restores the initial number of permits. */
  void restore() {
    lock.lock();
    try {
      resize(permits);
    } finally {
      lock.unlock();
    }
  }

  private void resize(int size) {
    line.resize(size);
    for (Place<Waiter> next = line.next(); next != null; next = line.next()) {
      serve(next);
    }
  }

  private static void serve(Place<Waiter> next) {
    next.call().served = true;
    LockSupport.unpark(next.call().thread);
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
      return line.connections() - line.occupied();
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

package io.traffik.memory;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A lock for what takes microseconds, not reentrant, that an {@link Error} of stack can neither
 * leave taken nor keep from who waits. A thread has it by the last step of {@link #tryLock}, and
 * gives it back by fewer calls than that took. There is no line of waiting threads, in which such
 * an error could lose a wake-up: they rest and try again.
 */
final class BriefLock {

  /** How often it is tried before a thread rests: about a microsecond. */
  private static final int SPINS = 64;

  private static final long SHORTEST_REST_NANOS = 10_000;
  private static final long LONGEST_REST_NANOS = 1_000_000;

  private final AtomicInteger holders = new AtomicInteger();

  /** Most hold it for less time than it takes to let a thread rest and wake it. */
  void lock() {
    long rest = SHORTEST_REST_NANOS;
    for (int tries = 1; !tryLock(); tries++) {
      if (tries < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, rest);
        rest = Math.min(2 * rest, LONGEST_REST_NANOS);
      }
    }
  }

  boolean tryLock() {
    return holders.compareAndSet(0, 1);
  }

  void unlock() {
    holders.set(0);
  }
}

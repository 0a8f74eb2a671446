package io.traffik.memory;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A non-reentrant lock for critical sections of microseconds. A {@link StackOverflowError} cannot
 * leave it held.
 *
 * <p>The last step of {@link #tryLock} acquires the lock, and a plain assignment to {@link #held}
 * releases it. A method call could overflow the stack and leave the lock held for ever.
 *
 * <p>There is no queue of waiting threads in which such an error could lose a wake-up. Waiting
 * threads sleep and try again.
 */
class SpinLock {

  /** Attempts between two sleeps, about a microsecond. */
  private static final int SPINS = 64;

  private static final long SHORTEST_SLEEP_NANOS = 10_000;
  private static final long LONGEST_SLEEP_NANOS = 1_000_000;

  private static final AtomicIntegerFieldUpdater<SpinLock> HELD =
      AtomicIntegerFieldUpdater.newUpdater(SpinLock.class, "held");

  /** 1 while a thread holds the lock; that thread releases it by writing 0. */
  volatile int held;

  /**
   * Acquires the lock. Spinning comes first because the lock is usually held for less time than a
   * thread needs to sleep and wake. Each sleep is followed by another full round of spinning, so
   * that new threads are less likely to overtake waiting ones.
   */
  void lock() {
    long sleep = SHORTEST_SLEEP_NANOS;
    for (int tries = 1; !tryLock(); tries++) {
      if (tries % SPINS != 0) {
        Thread.onSpinWait();
      } else {
        Backoff.sleep(sleep);
        sleep = Math.min(2 * sleep, LONGEST_SLEEP_NANOS);
      }
    }
  }

  boolean tryLock() {
    return HELD.compareAndSet(this, 0, 1);
  }
}

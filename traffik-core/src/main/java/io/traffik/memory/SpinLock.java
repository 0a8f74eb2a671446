package io.traffik.memory;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A lock for what takes microseconds, not reentrant, that an {@link Error} of stack can neither
 * leave taken nor keep from who waits. A thread has it by the last step of {@link #tryLock}, and
 * gives it back by writing {@link #held}: a call, for which there may be no stack, could leave it
 * taken for ever. There is no line of waiting threads, in which such an error could lose a wake-up:
 * they rest and try again.
 */
class SpinLock {

  /** How often a thread tries before it rests, each time: for about a microsecond. */
  private static final int SPINS = 64;

  private static final long SHORTEST_REST_NANOS = 10_000;
  private static final long LONGEST_REST_NANOS = 1_000_000;

  private static final AtomicIntegerFieldUpdater<SpinLock> HOLDERS =
      AtomicIntegerFieldUpdater.newUpdater(SpinLock.class, "held");

  /** 1 while it is taken; who took it gives it back by writing 0. */
  volatile int held;

  /**
   * Takes the lock. It is mostly held for less time than it takes to let a thread rest and wake it,
   * so a thread tries for a while first; and as long again after each rest, or those who come anew
   * would have it before those who wait.
   */
  void lock() {
    long rest = SHORTEST_REST_NANOS;
    for (int tries = 1; !tryLock(); tries++) {
      if (tries % SPINS != 0) {
        Thread.onSpinWait();
      } else {
        Backoff.rest(rest);
        rest = Math.min(2 * rest, LONGEST_REST_NANOS);
      }
    }
  }

  boolean tryLock() {
    return HOLDERS.compareAndSet(this, 0, 1);
  }
}

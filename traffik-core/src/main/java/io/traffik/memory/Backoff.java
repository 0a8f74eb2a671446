package io.traffik.memory;

import java.util.concurrent.locks.LockSupport;

/** How a thread waits for another one that is at work for nanoseconds, or for some microseconds. */
final class Backoff {

  /** How often to try before letting others run. */
  private static final int SPINS = 256;

  private static final long REST_NANOS = 1_000;

  private Backoff() {}

  /**
   * Waits a little.
   *
   * @param spins what this told last time, and 0 the first time
   * @return for the next time
   */
  static int pause(int spins) {
    if (spins < SPINS) {
      Thread.onSpinWait();
      return spins + 1;
    }
    // The other thread may have been taken off the processor.
    rest(REST_NANOS);
    return 0;
  }

  /**
   * Lets the calling thread rest, even if it is interrupted, and stay so. Parking alone would
   * return at once then: virtual threads would keep all carriers to themselves, and the one that
   * the others wait for, and rests as well, would never get one again.
   */
  static void rest(long nanos) {
    boolean interrupted = Thread.interrupted();
    try {
      if (interrupted) {
        // Takes the permit that came with the interrupt.
        LockSupport.parkNanos(1);
      }
      LockSupport.parkNanos(nanos);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

package io.traffik.memory;

import java.util.concurrent.locks.LockSupport;

/** The waiting strategy for another thread's critical section of nanoseconds or microseconds. */
final class Backoff {

  /** Spins before the thread yields its processor. */
  private static final int SPINS = 256;

  private static final long SLEEP_NANOS = 1_000;

  private Backoff() {}

  /**
   * Spins once, or sleeps after {@link #SPINS} spins.
   *
   * @param spins the value that the previous call returned; 0 for the first call
   * @return the value for the next call
   */
  static int pause(int spins) {
    if (spins < SPINS) {
      Thread.onSpinWait();
      return spins + 1;
    }
    // The scheduler may have taken the other thread off its processor.
    sleep(SLEEP_NANOS);
    return 0;
  }

  /**
   * Puts the calling thread to sleep and preserves its interrupt status. Parking alone returns at
   * once for an interrupted thread. Interrupted virtual threads would then occupy all carriers, and
   * the lock's holder would never run again.
   */
  static void sleep(long nanos) {
    boolean interrupted = Thread.interrupted();
    try {
      if (interrupted) {
        // Consumes the permit that the interrupt granted.
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

package io.traffik.memory;

/**
 * Per-thread hints for the store: the hits until the next sweep, and whether the last hit needed a
 * late reading of the clock.
 *
 * <p>One shared counter would be written by all threads and cost more than the hit itself. The
 * hints therefore lie in several cache lines, and the thread id selects the line. Threads that
 * share a line may lose each other's updates. That delays a sweep or costs one more reading of the
 * clock; decisions do not depend on hints.
 */
final class ThreadHints {

  /** Hits until the next sweep after one that was worth its time. */
  private static final int SOON = 512;

  /** Hits until the next sweep after one that found little. */
  private static final int LATER = 2_048;

  private static final int LINES = 64;
  private static final int INTS_PER_LINE = 16;
  private static final int LATE_READING = 1;

  private final int[] hints = new int[(LINES + 1) * INTS_PER_LINE];

  /** The index of the calling thread's hints. */
  static int index() {
    int line = (int) Thread.currentThread().getId() & (LINES - 1);
    // The first line holds no hints, because the array's length lies there. All threads read it.
    return (line + 1) * INTS_PER_LINE;
  }

  /** Counts a hit and returns whether a sweep is due. */
  boolean isSweepDue(int index) {
    return --hints[index] < 0;
  }

  void scheduleSweep(int index, boolean soon) {
    hints[index] = soon ? SOON : LATER;
  }

  /** Whether the last hit needed a late reading of the clock: the next one often does as well. */
  boolean expectsLateReading(int index) {
    return hints[index + LATE_READING] != 0;
  }

  void recordReading(int index, boolean late) {
    // Reading first keeps the cache line clean in the usual case.
    if (late != expectsLateReading(index)) {
      hints[index + LATE_READING] = late ? 1 : 0;
    }
  }
}

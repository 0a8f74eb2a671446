package io.traffik.memory;

/**
 * What the store remembers of the threads that hit it: how many hits are left until some tidying,
 * and whether the last one needed a late reading of the clock.
 *
 * <p>One place for all threads would be written by all, and cost more than the hit. So there are
 * several, apart by a cache line, chosen by thread. Threads that share one may lose each other's
 * counts, which delays some tidying, and may take each other's hits for their own, which costs a
 * late reading of the clock, or a second one.
 */
final class ThreadHints {

  /** Hits until the next turn of tidying, where the last one was worth it, and where it was not. */
  private static final int SOON = 512;

  private static final int LATER = 2_048;

  private static final int PLACES = 64;
  private static final int INTS_PER_LINE = 16;
  private static final int LATE = 1;

  private final int[] memos = new int[(PLACES + 1) * INTS_PER_LINE];

  /** Where the calling thread has its memo. */
  static int place() {
    int place = (int) Thread.currentThread().getId() & (PLACES - 1);
    // One line in front keeps the first memo away from the length of the array.
    return (place + 1) * INTS_PER_LINE;
  }

  /** Counts a hit, and says of every so many that it is time for some tidying. */
  boolean isTurn(int place) {
    return --memos[place] < 0;
  }

  /** Counts anew until the next turn. */
  void endTurn(int place, boolean wasWorthIt) {
    memos[place] = wasWorthIt ? SOON : LATER;
  }

  /** Whether the last hit needed a late reading: the next one often does as well. */
  boolean expectsLate(int place) {
    return memos[place + LATE] != 0;
  }

  void note(int place, boolean late) {
    if (late != expectsLate(place)) {
      memos[place + LATE] = late ? 1 : 0;
    }
  }
}

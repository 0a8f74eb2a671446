package io.traffik.memory;

/**
 * What the store remembers of the threads that hit it: how often, and whether the last hit was
 * denied.
 *
 * <p>One place for all threads would be written by all, and cost more than the hit. So there are
 * several, apart by a cache line, chosen by thread. Threads that share one may lose each other's
 * counts, which delays some tidying, and may take each other's denials and grants for their own,
 * which costs a late reading of the clock, or a second one.
 */
final class ThreadMemo {

  private static final int HITS_PER_TURN = 512;
  private static final int PLACES = 64;
  private static final int INTS_PER_LINE = 16;
  private static final int DENIED = 1;

  private final int[] memos = new int[(PLACES + 1) * INTS_PER_LINE];

  /** Where the calling thread has its memo. */
  static int place() {
    int place = (int) Thread.currentThread().getId() & (PLACES - 1);
    // One line in front keeps the first memo away from the length of the array.
    return (place + 1) * INTS_PER_LINE;
  }

  /** Counts a hit, and says of every so many that it is time for some tidying. */
  boolean isTurn(int place) {
    return (++memos[place] & (HITS_PER_TURN - 1)) == 0;
  }

  /** Whether the last hit was denied: the next one often is as well. */
  boolean expectsDenial(int place) {
    return memos[place + DENIED] != 0;
  }

  void note(int place, boolean denied) {
    if (denied != expectsDenial(place)) {
      memos[place + DENIED] = denied ? 1 : 0;
    }
  }
}

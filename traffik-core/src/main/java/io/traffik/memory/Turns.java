package io.traffik.memory;

/**
 * Counts hits, and says of every so many that it is time for some tidying.
 *
 * <p>One counter would be written by all threads and cost more than the hit. So there are several,
 * apart by a cache line, chosen by thread; threads that share one may lose each other's counts,
 * which delays a turn and does no harm.
 */
final class Turns {

  private static final int HITS_PER_TURN = 512;
  private static final int COUNTERS = 64;
  private static final int INTS_PER_LINE = 16;

  private final int[] counts = new int[(COUNTERS + 1) * INTS_PER_LINE];

  boolean isDue() {
    int counter = (int) Thread.currentThread().getId() & (COUNTERS - 1);
    // One line in front keeps the first counter away from the length of the array.
    return (++counts[(counter + 1) * INTS_PER_LINE] & (HITS_PER_TURN - 1)) == 0;
  }
}

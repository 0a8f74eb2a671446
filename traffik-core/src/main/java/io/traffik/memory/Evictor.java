package io.traffik.memory;

/**
 * Chooses the key to evict when a {@link Stripe} holds as many keys as it may (rule M3): the
 * fullest bucket of a sample. From time to time it removes all full buckets instead. Requires the
 * stripe's lock.
 *
 * <p>To evict by another criterion, change {@link Slots#missingShare}, the measure that it
 * compares.
 */
final class Evictor {

  /**
   * All slots are searched for full buckets once per this fraction of the keys. Each search without
   * a find doubles the distance to the next one, up to {@link #LARGE_FRACTION}.
   */
  private static final int SMALL_FRACTION = 16;

  private static final int LARGE_FRACTION = 2;

  /** The sample size near the new key's home slot. */
  private static final int NEAR_SAMPLE = 3;

  /** The sample size at another place, if no key of the first sample may be evicted. */
  private static final int FAR_SAMPLE = 16;

  /** There is room: the new key may take any free slot. */
  static final int ANY_SLOT = -1;

  /** The new key must not be added. */
  static final int NO_SLOT = -2;

  private long evictions;

  /** Requests for room since full buckets were last removed. */
  private long sinceRemoval;

  /** The requests after which full buckets are next removed; initially and after a reset 0. */
  private long removeAfter;

  /**
   * A key that is about to be added.
   *
   * @param low the second half of its fingerprint
   * @param rates its number of rates
   * @param missingShare the largest missing share of its capacities
   */
  record Newcomer(long low, int rates, double missingShare) {}

  /** The number of keys that were evicted, or not added, while their buckets were not full. */
  long evictions() {
    return evictions;
  }

  /** Starts over after all keys were dropped. */
  void reset() {
    removeAfter = 0;
  }

  /** Removes all keys whose buckets are full. */
  void removeFull(BucketTable[] tables, long now) {
    for (BucketTable table : tables) {
      table.removeFull(now);
    }
    sinceRemoval = 0;
  }

  /**
   * Evicts the fullest key of a sample. A key that misses half or more of its capacity is only
   * evicted for a newcomer that misses as much. If that protects all keys of a small and of a
   * larger sample, the newcomer is not added.
   *
   * @return {@link #ANY_SLOT}, {@link #NO_SLOT}, or the slot of a key that was retired for the
   *     newcomer
   */
  int makeRoom(BucketTable[] tables, Newcomer newcomer, long now) {
    sinceRemoval++;
    int slot = makeRoomNear(newcomer.low, NEAR_SAMPLE, tables, newcomer, now);
    if (slot == NO_SLOT) {
      // A different place each time: a fixed one could reject the same client again and again.
      long elsewhere = newcomer.low + sinceRemoval * 0x9e3779b97f4a7c15L;
      slot = makeRoomNear(elsewhere, FAR_SAMPLE, tables, newcomer, now);
    }
    evictions += slot == NO_SLOT ? 1 : 0;
    return slot;
  }

  private int makeRoomNear(
      long place, int sampleSize, BucketTable[] tables, Newcomer newcomer, long now) {
    BucketTable chosen = null;
    int victim = -1;
    double smallest = Double.MAX_VALUE;
    for (BucketTable table : tables) {
      int candidate = table.fullestOfSample(place, sampleSize, now);
      double missing = candidate < 0 ? Double.MAX_VALUE : table.missingShare(candidate, now);
      if (missing < smallest) {
        smallest = missing;
        victim = candidate;
        chosen = table;
      }
    }
    if (chosen == null) {
      return NO_SLOT;
    }
    if (smallest > 0 && isRemovalDue(tables)) {
      // The sample may have missed full buckets. The removal restarts the count, so that this
      // recursion ends.
      return removeFullAndReport(tables, now)
          ? ANY_SLOT
          : makeRoomNear(place, sampleSize, tables, newcomer, now);
    }
    if (smallest >= FillTimeCodec.WHOLE / 2 && smallest > newcomer.missingShare) {
      return NO_SLOT;
    }
    return evict(chosen, victim, newcomer, now);
  }

  private int evict(BucketTable table, int victim, Newcomer newcomer, long now) {
    // No other key has to move if the newcomer can take the victim's slot.
    boolean inPlace = table.rates() == newcomer.rates && table.isReachable(victim, newcomer.low);
    // Counting first guarantees that an error cannot hide an eviction.
    evictions++;
    // The bucket may have been hit since it was chosen.
    boolean full = inPlace ? table.retireForReplacement(victim, now) : table.remove(victim, now);
    evictions -= full ? 1 : 0;
    return inPlace ? victim : ANY_SLOT;
  }

  private boolean isRemovalDue(BucketTable[] tables) {
    return sinceRemoval > Math.min(removeAfter, BucketTable.live(tables) / LARGE_FRACTION);
  }

  /** Removes full buckets and returns whether there were any. */
  private boolean removeFullAndReport(BucketTable[] tables, long now) {
    long before = BucketTable.live(tables);
    removeFull(tables, now);
    boolean found = BucketTable.live(tables) < before;
    removeAfter =
        found ? before / SMALL_FRACTION : Math.min(2 * removeAfter + 1, before / LARGE_FRACTION);
    return found;
  }
}

package io.traffik.memory;

/**
 * Chooses the key to evict when a {@link Stripe} holds as many keys as it may (rule M3): the
 * fullest bucket of a sample. From time to time it removes all full buckets of the stripe and
 * evicts none. Requires the stripe's lock.
 *
 * <p>To evict by another criterion, change {@link Slots#missingShare}, which returns 0 (full) to 1
 * or more. Change the newcomer's share in {@code Stripe.add} as well. The share must not be
 * negative, because {@link BucketTable#fullestOfSample} compares the bits of doubles.
 */
final class Evictor {

  /**
   * The interval between two searches of all slots for full buckets, in new keys per key. Each
   * search without success doubles the interval, up to {@link #LARGE_FRACTION}.
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

  /** A key that lacks at least this share of a capacity is protected. */
  private static final double PROTECTED_SHARE = 0.5;

  private final RateListRegistry lists;
  private long evictions;

  /** Requests for room since full buckets were last removed. */
  private long sinceRemoval;

  /** The requests after which full buckets are next removed; initially and after a reset 0. */
  private long removeAfter;

  Evictor(RateListRegistry lists) {
    this.lists = lists;
  }

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
   * Evicts the fullest key of a sample. A key that lacks half or more of its capacity is only
   * evicted for a new key that lacks as much. If that protects all keys of a small and of a larger
   * sample, the new key must not be added.
   *
   * @param rates the new key's number of rates
   * @param low the second half of the new key's fingerprint
   * @param share the largest missing share of the new key's capacities
   * @return {@link #ANY_SLOT}, {@link #NO_SLOT}, or the slot of a key that was retired for the new
   *     one
   */
  int makeRoom(BucketTable[] tables, int rates, long low, double share, long now) {
    sinceRemoval++;
    long victim = fullest(tables, low, NEAR_SAMPLE, now);
    // The sample may have missed full buckets.
    if (isRemovalDue(tables)
        && missingShare(tables, victim, now) > 0
        && removeFullAndReport(tables, now)) {
      return ANY_SLOT;
    }
    if (isProtected(missingShare(tables, victim, now), share)) {
      // A different place each time: a fixed one could reject the same client again and again.
      long elsewhere = low + sinceRemoval * 0x9e3779b97f4a7c15L;
      victim = fullest(tables, elsewhere, FAR_SAMPLE, now);
      if (isProtected(missingShare(tables, victim, now), share)) {
        evictions++;
        return NO_SLOT;
      }
    }
    return evict(tables, victim, rates, low, now);
  }

  /** The fullest key of a sample from each table: the table's index and the slot; −1 for none. */
  private long fullest(BucketTable[] tables, long place, int sampleSize, long now) {
    long fullest = -1;
    double smallest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < tables.length; i++) {
      int slot = tables[i].fullestOfSample(place, sampleSize, lists, now);
      if (slot < 0) {
        continue;
      }
      double missing = tables[i].missingShare(slot, lists, now);
      if (missing < smallest) {
        smallest = missing;
        fullest = (long) i << Integer.SIZE | slot;
      }
    }
    return fullest;
  }

  private double missingShare(BucketTable[] tables, long key, long now) {
    return key < 0
        ? Double.POSITIVE_INFINITY
        : tables[(int) (key >>> Integer.SIZE)].missingShare((int) key, lists, now);
  }

  private static boolean isProtected(double missing, double newShare) {
    return missing >= PROTECTED_SHARE && missing > newShare;
  }

  private int evict(BucketTable[] tables, long victim, int rates, long low, long now) {
    BucketTable table = tables[(int) (victim >>> Integer.SIZE)];
    int slot = (int) victim;
    // No other key has to move if the new key can take the victim's slot.
    boolean inPlace = table.rates() == rates && table.isReachable(slot, low);
    // Counting first guarantees that an error cannot hide an eviction.
    evictions++;
    // The bucket may have been hit since it was chosen.
    boolean full = inPlace ? table.retireForReplacement(slot, now) : table.remove(slot, now);
    evictions -= full ? 1 : 0;
    return inPlace ? slot : ANY_SLOT;
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

package io.traffik.memory;

/**
 * Chooses who gives way when a {@link Stripe} has as many keys as it may: what misses least of a
 * sample, and now and then all that are full (rule M3). For who has the stripe's lock.
 */
final class Evictor {

  /**
   * All slots are searched for full buckets after as many newcomers as this part of the keys. Each
   * search that finds none doubles that, up to the large part.
   */
  private static final int SMALL_PART = 16;

  private static final int LARGE_PART = 2;

  /**
   * Keys that are asked at least for one that gives way: near the newcomer's home, and elsewhere.
   */
  private static final int FEW = 3;

  private static final int MANY = 16;

  /** There is room, and the newcomer may have any slot that is free. */
  static final int ANY_SLOT = -1;

  /** The newcomer is to give way. */
  static final int NO_SLOT = -2;

  private long evictions;

  /** How often a key was wanted to give way since full buckets were last forgotten. */
  private long sinceForgetting;

  /**
   * How often it may be until they are next looked for; at first, and after all were dropped, 0.
   */
  private long searchAfter;

  /** Keys that gave way, or were not kept, with their buckets not full. */
  long evictions() {
    return evictions;
  }

  /** Tells that all keys were dropped. */
  void startAnew() {
    searchAfter = 0;
  }

  /** Removes all keys whose buckets are full. */
  void forget(BucketTable[] tables, long now) {
    for (BucketTable table : tables) {
      table.forget(now);
    }
    sinceForgetting = 0;
  }

  /**
   * Takes away the key that misses least, among some near the newcomer's home. What misses half or
   * more of its capacity stays if the newcomer misses less; if that holds for many elsewhere, too,
   * the newcomer is not kept.
   *
   * @param rates of the newcomer
   * @param low of the newcomer's fingerprint
   * @param share how much of its capacity the newcomer misses
   * @return {@link #ANY_SLOT}, or {@link #NO_SLOT}, or the slot of a key that was retired for the
   *     newcomer
   */
  int makeRoom(BucketTable[] tables, int rates, long low, double share, long now) {
    sinceForgetting++;
    // Each time somewhere else, or a client would be turned away as often as it comes.
    long elsewhere = low + sinceForgetting * 0x9e3779b97f4a7c15L;
    int slot = makeRoomNear(low, FEW, tables, rates, low, share, now);
    if (slot == NO_SLOT) {
      slot = makeRoomNear(elsewhere, MANY, tables, rates, low, share, now);
    }
    evictions += slot == NO_SLOT ? 1 : 0;
    return slot;
  }

  private int makeRoomNear(
      long place, int enough, BucketTable[] tables, int rates, long low, double share, long now) {
    BucketTable chosen = null;
    int victim = -1;
    double smallest = Double.MAX_VALUE;
    for (BucketTable table : tables) {
      int candidate = table.fullestOfSample(place, enough, now);
      double missing = candidate < 0 ? Double.MAX_VALUE : table.missing(candidate, now);
      if (missing < smallest) {
        smallest = missing;
        victim = candidate;
        chosen = table;
      }
    }
    if (chosen == null) {
      return NO_SLOT;
    }
    if (smallest > 0
        && sinceForgetting > Math.min(searchAfter, BucketTable.live(tables) / LARGE_PART)) {
      // The sample may have missed buckets that are full. A search begins the count anew, so that
      // none follows it at once.
      return search(tables, now)
          ? ANY_SLOT
          : makeRoomNear(place, enough, tables, rates, low, share, now);
    }
    if (smallest >= FillTimeCodec.WHOLE / 2 && smallest > share) {
      return NO_SLOT;
    }
    // No key need be moved for a newcomer that can be where the victim was.
    boolean inPlace = chosen.rates() == rates && chosen.isWithinReach(victim, low);
    // Before, so that after an error in between none is missed.
    evictions++;
    // It may have been hit since it was chosen.
    boolean full = inPlace ? chosen.retire(victim, now) : chosen.remove(victim, now);
    evictions -= full ? 1 : 0;
    return inPlace ? victim : ANY_SLOT;
  }

  /** Forgets full buckets, and says whether there were any. */
  private boolean search(BucketTable[] tables, long now) {
    long before = BucketTable.live(tables);
    forget(tables, now);
    boolean found = BucketTable.live(tables) < before;
    searchAfter = found ? before / SMALL_PART : Math.min(2 * searchAfter + 1, before / LARGE_PART);
    return found;
  }
}

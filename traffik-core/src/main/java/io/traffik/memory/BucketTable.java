package io.traffik.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An open-addressing table of buckets, for keys of one number of rates, in {@link Slots}. Finding a
 * bucket and moving its state take no lock; adding and removing buckets take that of the {@link
 * Stripe}.
 *
 * <p>The slot of a removed key is closed: keys behind it that it keeps from their home move back
 * (Knuth, The Art of Computer Programming, volume 3, section 6.4, algorithm R). So no dead slot is
 * ever in a reader's way, and a table at the bound takes one key for another without growing. Here
 * A and B have their home in slot 3, C in slot 5, and A is removed:
 *
 * <pre>
 *   slot   3  4  5  6              3  4  5  6
 *          A  B  C  free    ─▶     B  free  C  free
 * </pre>
 *
 * <p>So a slot changes hands. What keeps a reader from taking one key's word for another's is the
 * order of writes and reads, each with release or acquire semantics:
 *
 * <pre>
 *   add      low, high, later states, word
 *   replace  word RETIRED; low, high, changes, later states, word
 *   move     word RETIRED where it was; low, high, changes, later states, word
 *   remove   word RETIRED; the keys behind it move; high = 0, changes
 *   read     changes, high, low, word, later states, changes: as before?
 * </pre>
 *
 * <p>{@link #changes} shows that the word that was <i>read</i> is the key's, and the tag that the
 * word that is <i>swapped</i> still is: another key's would have to be the same in 63 secret bits,
 * as two keys would in the 128 of their fingerprints.
 */
final class BucketTable extends Slots {

  /**
   * Where nothing is found, for any number of rates. Every stripe begins with it, and none adds a
   * key to it: it is always crowded.
   */
  static final BucketTable EMPTY = new BucketTable(1, 1);

  private static final VarHandle CHANGES;

  static {
    try {
      CHANGES = MethodHandles.lookup().findVarHandle(BucketTable.class, "changes", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Slots that are looked at together for a key to give way. */
  private static final int WINDOW = 6;

  /** More than a table has slots; so small a part of a share does not matter. */
  private static final long PLACES = 1 << 20;

  // Both are written under the lock of the stripe only.
  private volatile long changes;
  private int live;

  private BucketTable(int rates, int slots) {
    super(rates, slots);
  }

  /** An empty table with room for some keys before it {@link #isCrowded()}. */
  static BucketTable withRoomFor(int keys, int rates) {
    int wanted = keys + keys / 2 + keys / 8;
    return new BucketTable(rates, (wanted + GROUP - 1) / GROUP * GROUP);
  }

  /** Keys that are in use. */
  int live() {
    return live;
  }

  /** Keys that are in use in some tables. */
  static long live(BucketTable[] tables) {
    long live = 0;
    for (BucketTable table : tables) {
      live += table.live;
    }
    return live;
  }

  /** Keys that {@link #moveTo} would move. */
  int intact() {
    int intact = 0;
    for (int slot = 0; slot < slots(); slot++) {
      intact += isIntact(slot) ? 1 : 0;
    }
    return intact;
  }

  private boolean isIntact(int slot) {
    return isUsed(slot) && word(slot) != RETIRED;
  }

  /** Whether a key should not be added before there are more slots. */
  boolean isCrowded() {
    return (live + 1) * 5L > slots() * 4L;
  }

  /** Whether most of the room is wasted. */
  boolean isSparse() {
    return slots() > GROUP && live * 4 < slots();
  }

  /** Goes up whenever a slot has lost its fingerprint or got another in its place. */
  long changes() {
    return changes;
  }

  /** The slot of a key, or −1; without the lock it may be missed while keys move. */
  int find(long high, long low) {
    for (int slot = home(low); ; slot = next(slot)) {
      long there = highAcquire(slot);
      if (there == high && lowAcquire(slot) == low) {
        return slot;
      }
      if (there == 0) {
        return -1;
      }
    }
  }

  /** By bits of the fingerprint that did not choose the stripe. */
  private int home(long low) {
    return (int) (((low >>> Integer.SIZE) * slots()) >>> Integer.SIZE);
  }

  private int next(int slot) {
    int next = slot + 1;
    return next == slots() ? 0 : next;
  }

  /** A free slot for a key that is not here yet: see {@link #setKey}. */
  int reserve(long low) {
    int slot = home(low);
    while (isUsed(slot)) {
      slot = next(slot);
    }
    return slot;
  }

  /**
   * Whether a key that is not here yet would be found in a slot that is used, if it were there: no
   * slot from its home to there is free.
   */
  boolean isWithinReach(int slot, long low) {
    int from = home(low);
    while (from != slot && isUsed(from)) {
      from = next(from);
    }
    return from == slot;
  }

  /**
   * Puts a key into a slot that is reserved, or whose key was retired for it. It can be hit once
   * all its buckets are set, the first one last.
   */
  void setKey(int slot, long high, long low) {
    boolean wasFree = !isUsed(slot);
    // First: after an error in between one key too many is counted, and so a slot stays free.
    live += wasFree ? 1 : 0;
    setFingerprint(slot, high, low);
    if (!wasFree) {
      noteChange();
    }
  }

  /** Sets a bucket of the key with a tag, in the slot where {@link #setKey} has put it. */
  void setBucket(int slot, int rate, long tag, long state, char fill) {
    setFill(slot, rate, fill);
    if (rate == 0) {
      setState(slot, tag, state);
    } else {
      setLaterState(slot, rate, state);
    }
  }

  /**
   * Removes a key.
   *
   * @return whether its buckets were full
   */
  boolean remove(int slot, long now) {
    boolean full = retire(slot, now);
    close(slot);
    return full;
  }

  /**
   * Retires a key, whose slot is another's from now on.
   *
   * @return whether its buckets were full
   */
  boolean retire(int slot, long now) {
    boolean full = (retire(slot) ^ tag(slot)) <= now;
    for (int rate = 1; rate < rates(); rate++) {
      full &= laterState(slot, rate) <= now;
    }
    return full;
  }

  /**
   * Removes a key and adds it to a table of more rates.
   *
   * @param fills of all those rates, of which the further ones are full
   */
  void moveTo(BucketTable wider, int slot, char[] fills, long now) {
    int at = wordOffset(slot);
    long word = retire(slot);
    try {
      long tag = tag(slot);
      int to = wider.reserve(low(slot));
      wider.setKey(to, high(slot), low(slot));
      for (int rate = wider.rates() - 1; rate >= rates(); rate--) {
        wider.setBucket(to, rate, tag, now, fills[rate]);
      }
      for (int rate = rates() - 1; rate > 0; rate--) {
        wider.setBucket(to, rate, tag, laterState(slot, rate), fill(slot, rate));
      }
      wider.setBucket(to, 0, tag, word ^ tag, fill(slot, 0));
    } catch (Throwable e) {
      words[at] = word;
      throw e;
    }
    close(slot);
  }

  /** Frees the slot of a key that was retired. */
  private void close(int retired) {
    live--;
    int hole = retired;
    for (int slot = next(hole); isUsed(slot); slot = next(slot)) {
      if (!isWithin(home(low(slot)), hole, slot)) {
        take(hole, this, slot);
        hole = slot;
      }
    }
    setFree(hole);
    noteChange();
  }

  private void noteChange() {
    CHANGES.setRelease(this, changes + 1);
  }

  /** Whether a key's home comes after a hole and up to its slot, going round: then it may stay. */
  private static boolean isWithin(int home, int hole, int slot) {
    return hole <= slot ? hole < home && home <= slot : hole < home || home <= slot;
  }

  /** Retires a key and puts it into a slot that is retired. */
  private void take(int to, BucketTable from, int slot) {
    int at = from.wordOffset(slot);
    long word = from.retire(slot);
    try {
      setFingerprint(to, from.high(slot), from.low(slot));
      noteChange();
      for (int rate = 1; rate < rates(); rate++) {
        setLaterState(to, rate, from.laterState(slot, rate));
      }
      for (int rate = 0; rate < rates(); rate++) {
        setFill(to, rate, from.fill(slot, rate));
      }
      setWord(to, word);
    } catch (Throwable e) {
      // For want of stack, say: it is still where it was, and can be moved later. Nothing else of
      // its slot was changed, so that this needs no order.
      from.words[at] = word;
      throw e;
    }
  }

  /** Retires all keys, and leaves them where they are. */
  void retireAll() {
    for (int slot = 0; slot < slots(); slot++) {
      if (isUsed(slot)) {
        retire(slot);
      }
    }
    live = 0;
  }

  /** Removes all keys whose buckets are full. */
  void forget(long now) {
    int free = 0;
    while (isUsed(free)) {
      free = next(free);
    }
    // Backwards from a free slot: the keys that closing a slot moves into it have been looked at.
    for (int i = 1; i < slots(); i++) {
      int slot = free - i + (free < i ? slots() : 0);
      // Few are full, so one comparison does for most: free and busy slots are large in it.
      if (Long.compareUnsigned(firstState(slot), now) <= 0
          && isUsed(slot)
          && retireFull(slot, now)) {
        close(slot);
      }
    }
  }

  // A later state moves only while the key is busy. A hit moves the first one forward, and a refund
  // back, but not to before the clock: so the word that says full, if it is still the same when it
  // is retired, was it all the time.
  private boolean retireFull(int slot, long now) {
    long word = word(slot);
    if (word < 0 || (word ^ tag(slot)) > now) {
      return false;
    }
    for (int rate = 1; rate < rates(); rate++) {
      if (laterState(slot, rate) > now) {
        return false;
      }
    }
    return tryRetire(slot, word);
  }

  /**
   * Retires all keys and adds them to another table, those not that an {@link Error} left half
   * removed.
   */
  void moveTo(BucketTable other) {
    for (int slot = 0; slot < slots(); slot++) {
      if (isIntact(slot)) {
        other.live++;
        other.take(other.reserve(low(slot)), this, slot);
      }
    }
    live = 0;
  }

  /**
   * Of some keys, the slot of the one with the smallest share missing; −1 if there are none.
   *
   * @param low of the key that is to be added: keys near its home are near in memory, and as good
   *     as any
   * @param enough how many keys to look at, at least
   */
  int fullestOfSample(long low, int enough, long now) {
    int home = home(low);
    long least = Long.MAX_VALUE;
    int sampled = 0;
    for (int from = 0; from < slots() && sampled < enough; from += WINDOW) {
      // Which slots are used, and which key misses least, no processor can predict: so all of a
      // window are looked at, and the least is a minimum, with the place in its lowest bits.
      for (int i = from; i < Math.min(slots(), from + WINDOW); i++) {
        int slot = home + i < slots() ? home + i : home + i - slots();
        long share = Double.doubleToRawLongBits(missing(slot, now)) & -PLACES;
        boolean used = isUsed(slot);
        least = Math.min(least, used ? share | i : Long.MAX_VALUE);
        sampled += used ? 1 : 0;
      }
    }
    if (sampled == 0) {
      return -1;
    }
    int found = home + (int) (least & (PLACES - 1));
    return found < slots() ? found : found - slots();
  }
}

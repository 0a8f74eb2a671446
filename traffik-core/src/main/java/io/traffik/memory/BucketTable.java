package io.traffik.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An open-addressing hash table with linear probing, for keys that have the same number of rates.
 * Its memory layout is that of {@link Slots}. Finding a bucket and changing its state take no lock;
 * adding and removing keys require the lock of the {@link Stripe}.
 *
 * <p>Removing a key leaves no tombstone. Keys behind it move back if the freed slot is nearer to
 * their home slot (Knuth, The Art of Computer Programming, volume 3, section 6.4, algorithm R). A
 * table at the bound can therefore exchange keys for ever without growing. In this example, the
 * home slot of A and B is 3, that of C is 5, and A is removed:
 *
 * <pre>
 *   slot   3  4  5  6              3  4  5  6
 *          A  B  C  free    ─▶     B  free  C  free
 * </pre>
 *
 * <p>A slot may thus pass from one key to another while a thread reads it without the lock. The
 * order of writes and reads prevents the thread from taking the other key's state for its own. Each
 * write has release semantics and each read acquire semantics:
 *
 * <pre>
 *   add      low, high, later states, word
 *   replace  word RETIRED; low, high, changes, later states, word
 *   move     word RETIRED in the old slot; low, high, changes, later states, word in the new one
 *   rates    word RETIRED; low, high, changes, later states, word
 *   remove   word RETIRED; the keys behind it move; high = 0, changes
 *   read     changes, high, low, word, later states, changes: the same as before?
 * </pre>
 *
 * <p>An unchanged {@link #changes} proves that the word that was <i>read</i> belongs to the key.
 * The tag in the word proves the same for the <i>compare-and-set</i>, and that the key's rates are
 * still the same. A mix-up needs 63 equal secret bits, just as two keys share a bucket only if 112
 * bits of their hashes are equal.
 */
final class BucketTable extends Slots {

  /**
   * A table without keys that serves for any number of rates. Every stripe starts with it and never
   * adds a key to it, because it is always crowded.
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

  /** The slots of a table for one or two keys. Larger tables have a multiple of them. */
  private static final int SMALLEST = 4;

  /** Slots that {@link #fullestOfSample} compares at a time. */
  private static final int SAMPLE_WINDOW = 6;

  /** The low bits of a share that hold a slot offset. Choosing a key needs less precision. */
  private static final long OFFSET_BITS = (1 << 20) - 1;

  // Written only under the stripe's lock.
  private volatile long changes;
  private int live;

  private BucketTable(int rates, int slots) {
    super(rates, slots);
  }

  /** An empty table that holds some keys before it {@link #isCrowded()}. */
  static BucketTable withRoomFor(int keys, int rates) {
    int wanted = keys + keys / 2 + keys / 8;
    return new BucketTable(rates, (wanted + SMALLEST - 1) / SMALLEST * SMALLEST);
  }

  /** The number of keys. */
  int live() {
    return live;
  }

  /** The number of keys in all given tables. */
  static long live(BucketTable[] tables) {
    long live = 0;
    for (BucketTable table : tables) {
      live += table.live;
    }
    return live;
  }

  /** Whether the table needs more slots before another key is added. */
  boolean isCrowded() {
    return (live + 1) * 5L > slots() * 4L;
  }

  /** Whether most slots are free. */
  boolean isSparse() {
    return slots() > SMALLEST && live * 4 < slots();
  }

  /** A counter that increases whenever a slot's fingerprint is removed or replaced. */
  long changes() {
    return changes;
  }

  /** The slot of a key, or −1. Without the lock, the search may miss a key that is being moved. */
  int find(long high, long low) {
    for (int slot = home(low); ; slot = next(slot)) {
      long found = highAcquire(slot);
      if (found == high && lowAcquire(slot) == low) {
        return slot;
      }
      if (found == 0) {
        return -1;
      }
    }
  }

  /** The slot of a key with any rates, or −1. Requires the lock. */
  int findWithAnyRates(long high, long low) {
    for (int slot = home(low); isUsed(slot); slot = next(slot)) {
      if (high(slot) == high && RateList.isSameKey(low(slot), low)) {
        return slot;
      }
    }
    return -1;
  }

  /**
   * The home slot of a key, whatever its rates. The stripe was selected by other bits of the
   * fingerprint.
   */
  private int home(long low) {
    return (int) (((low >>> Integer.SIZE) * slots()) >>> Integer.SIZE);
  }

  private int next(int slot) {
    int next = slot + 1;
    return next == slots() ? 0 : next;
  }

  /** The free slot for a new key; see {@link #setKey}. */
  int freeSlotFor(long low) {
    int slot = home(low);
    while (isUsed(slot)) {
      slot = next(slot);
    }
    return slot;
  }

  /**
   * Whether a search for a new key would reach an occupied slot: no slot from the key's home to
   * that slot is free.
   */
  boolean isReachable(int slot, long low) {
    int from = home(low);
    while (from != slot && isUsed(from)) {
      from = next(from);
    }
    return from == slot;
  }

  /**
   * Puts a key into a free slot, or into the slot of a key that was retired for it. The key can be
   * hit once all its buckets are set, the first one last.
   */
  void setKey(int slot, long high, long low) {
    boolean wasFree = !isUsed(slot);
    // Counting first guarantees that a key that is lost to an error is counted.
    live += wasFree ? 1 : 0;
    setFingerprint(slot, high, low);
    if (!wasFree) {
      countChange();
    }
  }

  /** Sets the state of one rate of the key that {@link #setKey} has put into a slot. */
  void setBucket(int slot, int rate, long state) {
    if (rate == 0) {
      setState(slot, tag(slot), state);
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
    boolean full = retireForReplacement(slot, now);
    closeGap(slot);
    return full;
  }

  /**
   * Retires a key so that another key can replace it in its slot.
   *
   * @return whether its buckets were full
   */
  boolean retireForReplacement(int slot, long now) {
    boolean full = (retire(slot) ^ tag(slot)) <= now;
    for (int rate = 1; rate < rates(); rate++) {
      full &= laterState(slot, rate) <= now;
    }
    return full;
  }

  /**
   * Changes the rates of a retired key. It stays in its slot unless it needs a table for more
   * rates.
   *
   * @param to this table, or one for more rates
   * @param low the second half of the fingerprint, with the new rates
   * @param states the state of each rate of that table
   */
  void changeRates(int slot, BucketTable to, long low, long[] states) {
    int place = to == this ? slot : to.freeSlotFor(low);
    to.setKey(place, high(slot), low);
    for (int rate = to.rates() - 1; rate >= 0; rate--) {
      to.setBucket(place, rate, states[rate]);
    }
    if (to != this) {
      closeGap(slot);
    }
  }

  /** Frees the slot of a retired key and moves keys behind it back. */
  private void closeGap(int retired) {
    live--;
    int hole = retired;
    for (int slot = next(hole); isUsed(slot); slot = next(slot)) {
      if (!isWithin(home(low(slot)), hole, slot)) {
        claim(hole, this, slot);
        hole = slot;
      }
    }
    setFree(hole);
    countChange();
  }

  private void countChange() {
    CHANGES.setRelease(this, changes + 1);
  }

  /** Whether {@code home} lies in (hole, slot], cyclically: if so, the key in that slot stays. */
  private static boolean isWithin(int home, int hole, int slot) {
    return hole <= slot ? hole < home && home <= slot : hole < home || home <= slot;
  }

  /** Retires a key and puts it into a free or retired slot of this table. */
  private void claim(int to, BucketTable from, int slot) {
    long word = from.retire(slot);
    setFingerprint(to, from.high(slot), from.low(slot));
    countChange();
    for (int rate = 1; rate < rates(); rate++) {
      setLaterState(to, rate, from.laterState(slot, rate));
    }
    setWord(to, word);
  }

  /** Retires all keys and leaves them in their slots. They still count as {@link #live()}. */
  void retireAll() {
    for (int slot = 0; slot < slots(); slot++) {
      if (isUsed(slot)) {
        retire(slot);
      }
    }
  }

  /** Removes all keys whose buckets are full. */
  void removeFull(long now) {
    int free = 0;
    while (isUsed(free)) {
      free = next(free);
    }
    // The loop goes backwards from a free slot. Only keys that it has examined move into a closed
    // gap.
    for (int i = 1; i < slots(); i++) {
      int slot = free - i + (free < i ? slots() : 0);
      // Few keys are full, so one comparison rules out most slots, free and busy ones included.
      if (Long.compareUnsigned(firstStatePlain(slot), now) <= 0
          && isUsed(slot)
          && retireIfFull(slot, now)) {
        closeGap(slot);
      }
    }
  }

  // Later states change only while the key is busy. A hit moves a full first state forward, and no
  // operation moves one back behind the present. If the word is unchanged when it is retired, all
  // buckets were therefore full all the time.
  private boolean retireIfFull(int slot, long now) {
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

  /** Moves all keys to another table. They still count as {@link #live()} here as well. */
  void moveAllTo(BucketTable next) {
    for (int slot = 0; slot < slots(); slot++) {
      if (isUsed(slot)) {
        next.live++;
        next.claim(next.freeSlotFor(low(slot)), this, slot);
      }
    }
  }

  /**
   * The slot of the fullest key of a sample: its largest missing share is the smallest.
   *
   * @param low the sample starts at the home slot of this half of a fingerprint. A newcomer's own
   *     neighbours are in the processor's cache already
   * @param sampleSize the smallest number of keys to compare
   * @return the slot, or −1 if the table has no keys
   */
  int fullestOfSample(long low, int sampleSize, RateListRegistry lists, long now) {
    int home = home(low);
    long least = Long.MAX_VALUE;
    int sampled = 0;
    for (int from = 0; from < slots() && sampled < sampleSize; from += SAMPLE_WINDOW) {
      // A processor cannot predict which slots are used and which key is the fullest. The loop body
      // therefore has no branches. The lowest bits of each share hold the offset of its slot.
      for (int i = from; i < Math.min(slots(), from + SAMPLE_WINDOW); i++) {
        int slot = home + i < slots() ? home + i : home + i - slots();
        long share = Double.doubleToRawLongBits(missingShare(slot, lists, now)) & ~OFFSET_BITS;
        boolean used = isUsed(slot);
        least = Math.min(least, used ? share | i : Long.MAX_VALUE);
        sampled += used ? 1 : 0;
      }
    }
    if (sampled == 0) {
      return -1;
    }
    int found = home + (int) (least & OFFSET_BITS);
    return found < slots() ? found : found - slots();
  }
}

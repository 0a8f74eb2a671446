package io.traffik.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An open-addressing array of buckets, for keys of one number of rates. Finding a bucket and moving
 * its state take no lock; adding and removing buckets take that of the {@link Stripe}.
 *
 * <pre>
 *   slots 0–7                                           8–15
 *   high low state…   high low state…   0 (free)    …   fill fill fill …   high low state…   …
 * </pre>
 *
 * <p>{@code high} and {@code low} are the 128-bit fingerprint of the key.
 *
 * <p>There is one state per rate: the instant at which the bucket is full. The word of the first
 * tells by its sign who may move it:
 *
 * <ul>
 *   <li>not negative: anybody, by a compare-and-set. The word is the state under the key's {@link
 *       #tag};
 *   <li>{@link #BUSY}: one thread is moving the states of several rates together, for some
 *       nanoseconds;
 *   <li>{@link #RETIRED}: nobody any more. The key was removed, or it lives in another slot or
 *       another array that the stripe shows already or is about to. Who meets this asks the stripe
 *       under its lock.
 * </ul>
 *
 * <p>The slot of a removed key is closed by moving back the keys behind it that it keeps from their
 * home (Knuth, The Art of Computer Programming, volume 3, section 6.4, algorithm R), so no dead
 * slot is ever in a reader's way, and a table at the bound takes one key for another without
 * growing. Two things keep a reader from taking the state of a slot's next key for that of its
 * last:
 *
 * <ul>
 *   <li>{@link #changes} goes up after a slot has lost its fingerprint, or got another, and before
 *       it has a new state. Where it is the same before a key was sought and after its state was
 *       read, the state is that key's.
 *   <li>The tag. A compare-and-set comes later than that, and would succeed if the slot's next key
 *       had the same word: 63 secret bits that differ between keys rule that out, as 128 bits rule
 *       out that two keys have one fingerprint.
 * </ul>
 *
 * <p>{@code fill} is the time to fill a bucket in sixteen bits ({@link Fill}): enough to tell whose
 * bucket is emptier (rule M3), and read for nothing else. Eight slots keep theirs behind them, near
 * enough to be in memory's caches when one of the eight is to give way.
 */
final class BucketTable {

  /** The first word while several states are moved together. */
  static final long BUSY = Long.MIN_VALUE;

  /** The first word of a slot that its key has left. */
  static final long RETIRED = -1;

  /** Where nothing is found; every stripe begins with it. */
  static final BucketTable EMPTY = new BucketTable(1, 1);

  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle CHANGES;

  static {
    try {
      CHANGES = MethodHandles.lookup().findVarHandle(BucketTable.class, "changes", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Slots whose fills lie together. */
  private static final int GROUP = 8;

  private static final int LOW = 1;
  private static final int STATE = 2;
  private static final int SAMPLE = 8;

  private final int rates;
  private final int slots;

  /** Words of a slot. */
  private final int stride;

  /** Words of a group's fills. */
  private final int gap;

  private final long[] words;

  // Both are written under the lock of the stripe only.
  private volatile long changes;
  private int live;

  private BucketTable(int rates, int slots) {
    this.rates = rates;
    this.slots = slots;
    this.stride = STATE + rates;
    this.gap = GROUP * rates * Character.SIZE / Long.SIZE;
    this.words = new long[(slots + GROUP - 1) / GROUP * (GROUP * stride + gap)];
    for (int slot = 0; slot < slots; slot++) {
      words[at(slot) + STATE] = RETIRED;
    }
  }

  /** An empty table with room for some keys before it {@link #isCrowded()}. */
  static BucketTable withRoomFor(int keys, int rates) {
    int wanted = keys + keys / 2 + keys / 8;
    return new BucketTable(rates, (wanted + GROUP - 1) / GROUP * GROUP);
  }

  /**
   * What the word of a key's first state is masked with. Of each word of the fingerprint some bits
   * are alike among keys that can follow each other in a slot, but not the same bits.
   */
  static long tag(long high, long low) {
    return (high ^ Long.rotateLeft(low, Integer.SIZE)) & ~BUSY;
  }

  int rates() {
    return rates;
  }

  int slots() {
    return slots;
  }

  /** Keys that are in use. */
  int live() {
    return live;
  }

  /** Whether a key should not be added before there are more slots. */
  boolean isCrowded() {
    return (live + 1) * 5L > slots * 4L;
  }

  /** Whether most of the room is wasted. */
  boolean isSparse() {
    return slots > GROUP && live * 4 < slots;
  }

  /** How often a slot had a fingerprint taken from it. */
  long changes() {
    return changes;
  }

  /** The slot of a key, or −1. */
  int find(long high, long low) {
    long[] found = words;
    for (int slot = home(low); ; slot = next(slot)) {
      int at = at(slot);
      long there = (long) WORDS.getAcquire(found, at);
      if (there == high && (long) WORDS.getAcquire(found, at + LOW) == low) {
        return slot;
      }
      if (there == 0) {
        return -1;
      }
    }
  }

  /** By bits of the fingerprint that did not choose the stripe. */
  private int home(long low) {
    return (int) (((low >>> Integer.SIZE) * slots) >>> Integer.SIZE);
  }

  private int next(int slot) {
    int next = slot + 1;
    return next == slots ? 0 : next;
  }

  /** The place of a slot's first word. */
  private int at(int slot) {
    return slot * stride + slot / GROUP * gap;
  }

  /** The first state of the key in a slot, or a negative word. */
  long state(int slot, long tag) {
    long word = word(slot);
    return word < 0 ? word : word ^ tag;
  }

  private long word(int slot) {
    return (long) WORDS.getVolatile(words, at(slot) + STATE);
  }

  /** The state of a rate beyond the first; steady only while the first is busy. */
  long laterState(int slot, int rate) {
    return (long) WORDS.getVolatile(words, at(slot) + STATE + rate);
  }

  /** Moves the first state of the key with a tag, unless it is another meanwhile. */
  boolean moveState(int slot, long tag, long from, long to) {
    return WORDS.compareAndSet(words, at(slot) + STATE, from ^ tag, to ^ tag);
  }

  /** Makes the key with a tag busy, unless its first state is another meanwhile. */
  boolean makeBusy(int slot, long tag, long state) {
    return WORDS.compareAndSet(words, at(slot) + STATE, state ^ tag, BUSY);
  }

  /** Sets one state of the busy key with a tag, or of one that is not shown yet. */
  void setState(int slot, int rate, long tag, long state) {
    WORDS.setRelease(words, at(slot) + STATE + rate, rate == 0 ? state ^ tag : state);
  }

  /** Under the lock of the stripe, as all that touches fills. */
  void setFill(int slot, int rate, char fill) {
    int at = fillAt(slot, rate);
    int shift = fillShift(slot, rate);
    words[at] = (words[at] & ~(0xffffL << shift)) | (long) fill << shift;
  }

  private char fill(int slot, int rate) {
    return (char) (words[fillAt(slot, rate)] >>> fillShift(slot, rate));
  }

  private int fillAt(int slot, int rate) {
    int group = slot / GROUP;
    int place = slot % GROUP * rates + rate;
    return (group + 1) * GROUP * stride + group * gap + place * Character.SIZE / Long.SIZE;
  }

  private int fillShift(int slot, int rate) {
    return (slot % GROUP * rates + rate) * Character.SIZE;
  }

  /** A slot for a key that is not here yet; {@link #show} makes it found. */
  int reserve(long low) {
    int slot = home(low);
    while (isUsed(slot)) {
      slot = next(slot);
    }
    return slot;
  }

  private boolean isUsed(int slot) {
    return high(slot) != 0;
  }

  private long high(int slot) {
    return words[at(slot)];
  }

  private long low(int slot) {
    return words[at(slot) + LOW];
  }

  private long tag(int slot) {
    return tag(high(slot), low(slot));
  }

  /** Makes a key found in its reserved slot, where states and fills have been set. */
  void show(int slot, long high, long low) {
    setFingerprint(slot, high, low);
    live++;
  }

  private void setFingerprint(int slot, long high, long low) {
    WORDS.setRelease(words, at(slot) + LOW, low);
    WORDS.setRelease(words, at(slot), high);
  }

  /** Removes a key. */
  void remove(int slot) {
    retire(slot);
    close(slot);
  }

  /**
   * Removes a key, and tells what it had.
   *
   * @param states takes its states at the beginning
   * @param fills takes its fills at the beginning
   */
  void remove(int slot, long[] states, char[] fills) {
    states[0] = retire(slot) ^ tag(slot);
    for (int rate = 1; rate < rates; rate++) {
      states[rate] = laterState(slot, rate);
    }
    for (int rate = 0; rate < rates; rate++) {
      fills[rate] = fill(slot, rate);
    }
    close(slot);
  }

  /**
   * Lets nobody move the states of a key any more.
   *
   * @return the word of the first
   */
  private long retire(int slot) {
    for (; ; ) {
      long word = word(slot);
      if (word >= 0 && WORDS.compareAndSet(words, at(slot) + STATE, word, RETIRED)) {
        return word;
      }
      Thread.onSpinWait();
    }
  }

  /** Frees the slot of a key that was retired. */
  private void close(int retired) {
    live--;
    int hole = retired;
    for (int slot = next(hole); isUsed(slot); slot = next(slot)) {
      if (!isBetween(hole, home(low(slot)), slot)) {
        take(hole, this, slot);
        hole = slot;
      }
    }
    WORDS.setRelease(words, at(hole), 0L);
    noteChange();
  }

  private void noteChange() {
    CHANGES.setRelease(this, changes + 1);
  }

  /** Whether a slot comes after another and not after a third, going round. */
  private static boolean isBetween(int after, int slot, int last) {
    return after <= last ? after < slot && slot <= last : after < slot || slot <= last;
  }

  /** Retires a key and puts it into a slot whose word nobody moves. */
  private void take(int to, BucketTable from, int slot) {
    long word = from.retire(slot);
    setFingerprint(to, from.high(slot), from.low(slot));
    noteChange();
    for (int rate = 1; rate < rates; rate++) {
      setState(to, rate, 0, from.laterState(slot, rate));
    }
    for (int rate = 0; rate < rates; rate++) {
      setFill(to, rate, from.fill(slot, rate));
    }
    WORDS.setRelease(words, at(to) + STATE, word);
  }

  /** Retires all keys, and leaves them where they are. */
  void retireAll() {
    for (int slot = 0; slot < slots; slot++) {
      if (isUsed(slot)) {
        retire(slot);
      }
    }
    live = 0;
  }

  /** Removes all keys whose buckets are full. */
  void forget(long now) {
    for (int slot = 0; slot < slots; slot++) {
      // Few are full, so this one comparison, in which free and busy slots are large, does for
      // most.
      if (Long.compareUnsigned(words[at(slot) + STATE] ^ tag(slot), now) <= 0) {
        // Another key may take the place of the one that was removed.
        while (isUsed(slot) && retireFull(slot, now)) {
          close(slot);
        }
      }
    }
  }

  // A state beyond the first moves only while the first is busy, and every hit moves the first one
  // forward: if that is still the same when it is retired, what was read in between holds.
  private boolean retireFull(int slot, long now) {
    long word = word(slot);
    if (word < 0 || (word ^ tag(slot)) > now) {
      return false;
    }
    for (int rate = 1; rate < rates; rate++) {
      if (laterState(slot, rate) > now) {
        return false;
      }
    }
    return WORDS.compareAndSet(words, at(slot) + STATE, word, RETIRED);
  }

  /** Retires all keys and adds them to another table. */
  void moveTo(BucketTable other) {
    for (int slot = 0; slot < slots; slot++) {
      if (isUsed(slot)) {
        other.take(other.reserve(low(slot)), this, slot);
        other.live++;
      }
    }
    live = 0;
  }

  /**
   * Of some keys, the slot of the one with the smallest share missing; −1 if there are none.
   *
   * @param low of the key that is to be added: keys near its home are near in memory, and as good
   *     as any
   */
  int leastMissing(long low, long now) {
    int found = -1;
    double smallest = Double.MAX_VALUE;
    int sampled = 0;
    int slot = home(low);
    for (int i = 0; i < slots && sampled < SAMPLE && smallest > 0; i++, slot = next(slot)) {
      if (isUsed(slot)) {
        sampled++;
        double share = missing(slot, now);
        if (share < smallest) {
          smallest = share;
          found = slot;
        }
      }
    }
    return found;
  }

  /** The largest share of a capacity that a key misses; all of it while it is busy. */
  double missing(int slot, long now) {
    long state = state(slot, tag(slot));
    if (state < 0) {
      return Fill.WHOLE;
    }
    double largest = Fill.share(state - now, fill(slot, 0));
    for (int rate = 1; rate < rates; rate++) {
      largest = Math.max(largest, Fill.share(laterState(slot, rate) - now, fill(slot, rate)));
    }
    return largest;
  }
}

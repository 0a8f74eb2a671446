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
 * <p>There is one state per rate: the instant at which the bucket is full. In place of the first
 * state there is a word, which tells by its sign who may move it:
 *
 * <ul>
 *   <li>not negative: anybody, by a compare-and-set. It is the state, masked with the key's {@link
 *       #tag};
 *   <li>{@link #BUSY}: one thread is moving the states of several rates together, for some
 *       nanoseconds;
 *   <li>{@link #RETIRED}: nobody. The key was removed, or it lives in another slot or another array
 *       that the stripe shows already or is about to. Who meets this asks the stripe under its
 *       lock.
 * </ul>
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
 * <p>So a slot changes hands. That a reader takes no key's word for another's, is by what goes
 * after what, each with release or acquire semantics:
 *
 * <pre>
 *   add      later states, word, low, high
 *   move     word RETIRED where it was; low, high, changes, later states, word
 *   remove   word RETIRED; the keys behind it move; high = 0, changes
 *   read     changes, high, low, word, later states, changes: as before?
 * </pre>
 *
 * <p>{@link #changes} shows that the word that was <i>read</i> is the key's, and the tag that the
 * word that is <i>swapped</i> still is: another key's would have to be the same in 63 secret bits,
 * as two keys would in the 128 of their fingerprints.
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

  /** Where nothing is found; every stripe begins with it, and none adds a key to it. */
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

  /** Slots that are looked at together for a key to give way. */
  private static final int WINDOW = 6;

  /** More than a table has slots; so small a part of a share does not matter. */
  private static final long PLACES = 1 << 20;

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
   * What the first state of a key is masked with. Keys of one stripe share the upper bits of {@code
   * high}, and neighbours those of {@code low}; turned, these do not meet.
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

  /** Slots with a key, those included that an {@link Error} left half removed or half moved. */
  int used() {
    int used = 0;
    for (int slot = 0; slot < slots; slot++) {
      used += isUsed(slot) ? 1 : 0;
    }
    return used;
  }

  /** Whether a key should not be added before there are more slots. */
  boolean isCrowded() {
    return (live + 1) * 5L > slots * 4L;
  }

  /** Whether most of the room is wasted. */
  boolean isSparse() {
    return slots > GROUP && live * 4 < slots;
  }

  /** Goes up whenever a slot has lost its fingerprint or got another in its place. */
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

  /** The first state of the key in a slot, or {@link #BUSY}, or {@link #RETIRED}. */
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

  /**
   * Gives the key with a tag a first state if it is busy. Takes as much stack as {@link #makeBusy},
   * so that who had enough for that has enough for this.
   */
  boolean endBusy(int slot, long tag, long state) {
    return WORDS.compareAndSet(words, at(slot) + STATE, BUSY, state ^ tag);
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
    // First, so that an error in between leaves a free slot too many and not one too few.
    live++;
    setFingerprint(slot, high, low);
  }

  private void setFingerprint(int slot, long high, long low) {
    WORDS.setRelease(words, at(slot) + LOW, low);
    WORDS.setRelease(words, at(slot), high);
  }

  /**
   * Removes a key.
   *
   * @return whether its buckets were full
   */
  boolean remove(int slot, long now) {
    boolean full = (retire(slot) ^ tag(slot)) <= now;
    for (int rate = 1; rate < rates; rate++) {
      full &= laterState(slot, rate) <= now;
    }
    close(slot);
    return full;
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
    for (int spins = 0; ; ) {
      long word = word(slot);
      if (word == RETIRED
          || (word >= 0 && WORDS.compareAndSet(words, at(slot) + STATE, word, RETIRED))) {
        return word;
      }
      if (word == BUSY) {
        spins = SeveralRates.pause(spins);
      }
    }
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
    WORDS.setRelease(words, at(hole), 0L);
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
    int free = 0;
    while (isUsed(free)) {
      free = next(free);
    }
    // Backwards from a free slot: what moves up behind a removed key has been looked at.
    for (int i = 1; i < slots; i++) {
      int slot = free - i + (free < i ? slots : 0);
      // Few are full, so one comparison does for most: free and busy slots are large in it.
      if (Long.compareUnsigned(words[at(slot) + STATE] ^ tag(slot), now) <= 0
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
    for (int rate = 1; rate < rates; rate++) {
      if (laterState(slot, rate) > now) {
        return false;
      }
    }
    return WORDS.compareAndSet(words, at(slot) + STATE, word, RETIRED);
  }

  /**
   * Retires all keys and adds them to another table, those not that an {@link Error} left half
   * removed or half moved.
   */
  void moveTo(BucketTable other) {
    for (int slot = 0; slot < slots; slot++) {
      if (isUsed(slot) && word(slot) != RETIRED) {
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
  int leastMissing(long low, int enough, long now) {
    int home = home(low);
    long least = Long.MAX_VALUE;
    int sampled = 0;
    for (int from = 0; from < slots && sampled < enough; from += WINDOW) {
      // Which slots are used, and which key misses least, no processor can predict: so all of a
      // window are looked at, and the least is a minimum, with the place in its lowest bits.
      for (int i = from; i < Math.min(slots, from + WINDOW); i++) {
        int slot = home + i < slots ? home + i : home + i - slots;
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
    return found < slots ? found : found - slots;
  }

  /** The largest share of a capacity that a key misses; all of it while it is busy. */
  double missing(int slot, long now) {
    long word = glance(slot, 0);
    if (word < 0) {
      return Fill.WHOLE;
    }
    double largest = Fill.share((word ^ tag(slot)) - now, fill(slot, 0));
    for (int rate = 1; rate < rates; rate++) {
      largest = Math.max(largest, Fill.share(glance(slot, rate) - now, fill(slot, rate)));
    }
    return largest;
  }

  /** A state that may move at once anyhow: so in no order with other reads, which saves a third. */
  private long glance(int slot, int rate) {
    return (long) WORDS.getOpaque(words, at(slot) + STATE + rate);
  }
}

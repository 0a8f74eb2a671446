package io.traffik.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The memory of a {@link BucketTable}, its one subclass: as many slots as it was made with, each
 * for one key. The table decides which key goes into which slot. It is a superclass and no part of
 * the table, for that would be an object more to be read by each hit.
 *
 * <pre>
 *   slots 0–3                                           4–7
 *   high low state…   high low state…   0 (free)    …   fill fill fill …   high low state…   …
 * </pre>
 *
 * <p>{@code high} and {@code low} are the 128-bit fingerprint of the key.
 *
 * <p>There is one state per rate: the instant at which the bucket is full. The later ones are kept
 * as they are. In place of the first there is a word, which tells by its sign who may move it:
 *
 * <ul>
 *   <li>not negative: anybody, by a compare-and-set. It is the first state, masked with the key's
 *       {@link #tag};
 *   <li>{@link #BUSY}: one thread is moving the states of several rates together, for some
 *       nanoseconds;
 *   <li>{@link #RETIRED}: nobody. The slot is free, or its key was removed, or it lives in another
 *       slot or another table that the stripe shows already or is about to. Who meets this asks the
 *       stripe under its lock.
 * </ul>
 *
 * <p>{@code fill} tells in sixteen bits how long a bucket takes to fill ({@link FillTimeCodec}):
 * enough to compare which of two is emptier (rule M3), and read for nothing else. Four slots keep
 * theirs behind them, near enough to be in memory's caches when one of the four is to give way.
 */
abstract sealed class Slots permits BucketTable {

  /** The first word while several states are moved together. */
  static final long BUSY = Long.MIN_VALUE;

  /** The first word of a slot that its key has left. */
  static final long RETIRED = -1;

  /** Slots whose fills lie together. */
  static final int GROUP = 4;

  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

  private static final int LOW = 1;
  private static final int STATE = 2;

  private final int rates;
  private final int slots;

  /** Words of a slot. */
  private final int stride;

  /** Words of a group's fills. */
  private final int gap;

  /** Written past the methods here where there may be no stack left to call them. */
  final long[] words;

  /** Slots that are free, and whose words are {@link #RETIRED}. */
  Slots(int rates, int slots) {
    this.rates = rates;
    this.slots = slots;
    this.stride = STATE + rates;
    this.gap = GROUP * rates * Character.SIZE / Long.SIZE;
    this.words = new long[(slots + GROUP - 1) / GROUP * (GROUP * stride + gap)];
    for (int slot = 0; slot < slots; slot++) {
      words[wordOffset(slot)] = RETIRED;
    }
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

  /** The place of a slot's first word. */
  private int at(int slot) {
    return slot * stride + slot / GROUP * gap;
  }

  /** The first state of the key in a slot, or {@link #BUSY}, or {@link #RETIRED}. */
  long state(int slot, long tag) {
    long word = word(slot);
    return word < 0 ? word : word ^ tag;
  }

  /** The first word of a slot: a masked state, or {@link #BUSY}, or {@link #RETIRED}. */
  long word(int slot) {
    return (long) WORDS.getVolatile(words, wordOffset(slot));
  }

  /** Where among the {@link #words} a slot has its first one. */
  int wordOffset(int slot) {
    return at(slot) + STATE;
  }

  /** The state of a rate beyond the first; steady only while the first is busy. */
  long laterState(int slot, int rate) {
    return (long) WORDS.getVolatile(words, wordOffset(slot) + rate);
  }

  /** Moves the first state of the key with a tag, unless it is another meanwhile. */
  boolean compareAndSetState(int slot, long tag, long from, long to) {
    return WORDS.compareAndSet(words, wordOffset(slot), from ^ tag, to ^ tag);
  }

  /** Makes the key with a tag busy, unless its first state is another meanwhile. */
  boolean tryMarkBusy(int slot, long tag, long state) {
    return WORDS.compareAndSet(words, wordOffset(slot), state ^ tag, BUSY);
  }

  /** Lets nobody move the states of a key any more, unless its word is another meanwhile. */
  boolean tryRetire(int slot, long word) {
    return WORDS.compareAndSet(words, wordOffset(slot), word, RETIRED);
  }

  /** Sets the first word, where nobody else can: it is busy, or retired, or not shown yet. */
  void setWord(int slot, long word) {
    WORDS.setRelease(words, wordOffset(slot), word);
  }

  /** Sets the first state of the key with a tag, where {@link #setWord} may. */
  void setState(int slot, long tag, long state) {
    setWord(slot, state ^ tag);
  }

  /** Sets the state of a rate beyond the first, where {@link #setWord} may. */
  void setLaterState(int slot, int rate, long state) {
    WORDS.setRelease(words, wordOffset(slot) + rate, state);
  }

  /** Under the lock of the stripe, as all that touches fills. */
  void setFill(int slot, int rate, char fill) {
    int at = fillAt(slot, rate);
    int shift = fillShift(slot, rate);
    words[at] = (words[at] & ~(0xffffL << shift)) | (long) fill << shift;
  }

  char fill(int slot, int rate) {
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

  /** The first half of the fingerprint in a slot, or 0 if it is free: for who has no lock. */
  long highAcquire(int slot) {
    return (long) WORDS.getAcquire(words, at(slot));
  }

  /** The second half of the fingerprint, as {@link #highAcquire} is the first. */
  long lowAcquire(int slot) {
    return (long) WORDS.getAcquire(words, at(slot) + LOW);
  }

  /** Whether there is a key: under the lock of the stripe, as what follows. */
  boolean isUsed(int slot) {
    return high(slot) != 0;
  }

  long high(int slot) {
    return words[at(slot)];
  }

  long low(int slot) {
    return words[at(slot) + LOW];
  }

  long tag(int slot) {
    return tag(high(slot), low(slot));
  }

  void setFingerprint(int slot, long high, long low) {
    WORDS.setRelease(words, at(slot) + LOW, low);
    WORDS.setRelease(words, at(slot), high);
  }

  void setFree(int slot) {
    WORDS.setRelease(words, at(slot), 0L);
  }

  /**
   * Lets nobody move the states of a key any more.
   *
   * @return the word of the first
   */
  long retire(int slot) {
    for (int spins = 0; ; ) {
      long word = word(slot);
      if (word == RETIRED || (word >= 0 && tryRetire(slot, word))) {
        return word;
      }
      if (word == BUSY) {
        spins = Backoff.pause(spins);
      }
    }
  }

  /** The largest share of a capacity that a key misses; all of it while it is busy. */
  double missing(int slot, long now) {
    long word = glance(slot, 0);
    if (word < 0) {
      return FillTimeCodec.WHOLE;
    }
    double largest = FillTimeCodec.share((word ^ tag(slot)) - now, fill(slot, 0));
    for (int rate = 1; rate < rates; rate++) {
      largest = Math.max(largest, FillTimeCodec.share(glance(slot, rate) - now, fill(slot, rate)));
    }
    return largest;
  }

  /**
   * The first state as it may have been a while ago; above all instants, when compared as unsigned,
   * where the slot is free or retired, or its key is busy.
   */
  long firstState(int slot) {
    return words[wordOffset(slot)] ^ tag(slot);
  }

  /** A state that may move at once anyhow: so in no order with other reads, which saves a third. */
  private long glance(int slot, int rate) {
    return (long) WORDS.getOpaque(words, wordOffset(slot) + rate);
  }
}

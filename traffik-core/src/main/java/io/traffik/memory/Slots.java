package io.traffik.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The memory layout of a {@link BucketTable}, its only subclass: a fixed number of slots, each for
 * one key. The table decides which key occupies which slot. A superclass instead of a field saves
 * each hit a read of another object.
 *
 * <pre>
 *   slot 0            slot 1            slot 2
 *   high low state…   high low state…   0 (free)    …
 * </pre>
 *
 * <p>{@code high} and {@code low} are the fingerprint of the key: 112 bits of its hash, and in the
 * lowest 16 bits of {@code low} the index of the {@link RateList} that its states were written
 * with. A key whose rates change gets another fingerprint; the home slot does not depend on it.
 *
 * <p>Each rate has one state: the instant at which its bucket is full. Later states are stored as
 * they are. The first state is stored as a word whose sign controls access to all of them:
 *
 * <ul>
 *   <li>non-negative: any thread may replace it by compare-and-set. The word is the first state,
 *       masked with the key's {@link #tag};
 *   <li>{@link #BUSY}: one thread is writing the states of several rates, for some nanoseconds;
 *   <li>{@link #RETIRED}: no thread may write. The slot is free, or its key was removed, moved to
 *       another slot or table, or dropped, or its rates are being changed. A thread that reads this
 *       value looks the key up again under the stripe's lock.
 * </ul>
 */
abstract sealed class Slots permits BucketTable {

  /** The first word while one thread writes the states of several rates. */
  static final long BUSY = Long.MIN_VALUE;

  /** The first word of a slot that holds no key, or no longer the current state of its key. */
  static final long RETIRED = -1;

  /** The missing share of a busy key: more than any that is computed. */
  static final double BUSY_SHARE = Double.MAX_VALUE;

  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

  private static final int LOW_OFFSET = 1;
  private static final int STATE_OFFSET = 2;

  /**
   * Distributes the bits of a fingerprint over those of a tag: 2^64 divided by the golden ratio.
   */
  private static final long TAG_FACTOR = 0x9e3779b97f4a7c15L;

  private final int rates;
  private final int slots;

  /** Words per slot. */
  private final int stride;

  /** Written directly where a call could overflow the stack, and through methods otherwise. */
  final long[] words;

  /** Creates free slots, whose first words are {@link #RETIRED}. */
  Slots(int rates, int slots) {
    this.rates = rates;
    this.slots = slots;
    this.stride = STATE_OFFSET + rates;
    this.words = new long[slots * stride];
    for (int slot = 0; slot < slots; slot++) {
      words[wordOffset(slot)] = RETIRED;
    }
  }

  /**
   * The mask of a key's first state. Keys of one stripe share the upper bits of {@code high}, and
   * neighbours in a table share those of {@code low}. Two lists of one key differ in the lower bits
   * of {@code low} only. The multiplication distributes either difference over the upper bits.
   */
  static long tag(long high, long low) {
    return (high ^ low * TAG_FACTOR) & ~BUSY;
  }

  int rates() {
    return rates;
  }

  int slots() {
    return slots;
  }

  /** The index of a slot's fingerprint in {@link #words}. */
  private int offset(int slot) {
    return slot * stride;
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

  /** The index of a slot's first state in {@link #words}. */
  int wordOffset(int slot) {
    return offset(slot) + STATE_OFFSET;
  }

  /** The state of a rate after the first; it is stable only while the first word is busy. */
  long laterState(int slot, int rate) {
    return (long) WORDS.getVolatile(words, wordOffset(slot) + rate);
  }

  /** Replaces a key's first state if it still is the expected one. */
  boolean compareAndSetState(int slot, long tag, long expected, long next) {
    return WORDS.compareAndSet(words, wordOffset(slot), expected ^ tag, next ^ tag);
  }

  /** Marks a key busy if its first state still is the expected one. */
  boolean tryMarkBusy(int slot, long tag, long expected) {
    return WORDS.compareAndSet(words, wordOffset(slot), expected ^ tag, BUSY);
  }

  /** Retires a key if its first word still is the expected one. */
  boolean tryRetire(int slot, long expected) {
    return WORDS.compareAndSet(words, wordOffset(slot), expected, RETIRED);
  }

  /** Sets the first word. It must be busy by the caller, retired, or not published yet. */
  void setWord(int slot, long word) {
    WORDS.setRelease(words, wordOffset(slot), word);
  }

  /** Sets a key's first state, under the conditions of {@link #setWord}. */
  void setState(int slot, long tag, long state) {
    setWord(slot, state ^ tag);
  }

  /** Sets the state of a rate after the first, under the conditions of {@link #setWord}. */
  void setLaterState(int slot, int rate, long state) {
    WORDS.setRelease(words, wordOffset(slot) + rate, state);
  }

  /** The first half of a slot's fingerprint, or 0 if it is free; for reads without the lock. */
  long highAcquire(int slot) {
    return (long) WORDS.getAcquire(words, offset(slot));
  }

  /** The second half of a slot's fingerprint; for reads without the lock. */
  long lowAcquire(int slot) {
    return (long) WORDS.getAcquire(words, offset(slot) + LOW_OFFSET);
  }

  /** Whether a slot has a key. This method and all below require the stripe's lock. */
  boolean isUsed(int slot) {
    return high(slot) != 0;
  }

  long high(int slot) {
    return words[offset(slot)];
  }

  long low(int slot) {
    return words[offset(slot) + LOW_OFFSET];
  }

  long tag(int slot) {
    return tag(high(slot), low(slot));
  }

  /** The states of a retired key, of which the first word was the given one. */
  long[] states(int slot, long word) {
    long[] states = new long[rates];
    states[0] = word ^ tag(slot);
    for (int rate = 1; rate < rates; rate++) {
      states[rate] = laterState(slot, rate);
    }
    return states;
  }

  void setFingerprint(int slot, long high, long low) {
    WORDS.setRelease(words, offset(slot) + LOW_OFFSET, low);
    WORDS.setRelease(words, offset(slot), high);
  }

  void setFree(int slot) {
    WORDS.setRelease(words, offset(slot), 0L);
  }

  /**
   * Retires a key: its states cannot change any more. Waits while another thread has it busy.
   *
   * @return the first word before
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

  /** The largest missing share of a key's capacities, or {@link #BUSY_SHARE}. */
  double missingShare(int slot, RateListRegistry lists, long now) {
    RateList list = lists.get(low(slot));
    long word = readOpaque(slot, 0);
    double largest = list.share(0, (word ^ tag(slot)) - now);
    for (int rate = 1; rate < rates; rate++) {
      largest = Math.max(largest, list.share(rate, readOpaque(slot, rate) - now));
    }
    // Last, so that the compiler needs no branch for a free slot.
    return word < 0 ? BUSY_SHARE : largest;
  }

  /**
   * A possibly outdated reading of the first state. If the slot is free, retired or busy, it is
   * greater than any instant in an unsigned comparison.
   */
  long firstStatePlain(int slot) {
    return words[wordOffset(slot)] ^ tag(slot);
  }

  /** Reads without memory ordering, which is faster: the state may change right after anyway. */
  private long readOpaque(int slot, int rate) {
    return (long) WORDS.getOpaque(words, wordOffset(slot) + rate);
  }
}

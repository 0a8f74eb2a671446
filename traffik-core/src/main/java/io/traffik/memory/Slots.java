package io.traffik.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The memory layout of a {@link BucketTable}, its only subclass: a fixed number of slots, each for
 * one key. The table decides which key occupies which slot. A superclass instead of a field saves
 * each hit a read of another object.
 *
 * <pre>
 *   slots 0–3                                           4–7
 *   high low state…   high low state…   0 (free)    …   fill fill fill …   high low state…   …
 * </pre>
 *
 * <p>{@code high} and {@code low} are the 128-bit fingerprint of the key.
 *
 * <p>Each rate has one state: the instant at which its bucket is full. Later states are stored as
 * they are. The first state is stored as a word whose sign controls access to all of them:
 *
 * <ul>
 *   <li>non-negative: any thread may replace it by compare-and-set. The word is the first state,
 *       masked with the key's {@link #tag};
 *   <li>{@link #BUSY}: one thread is writing the states of several rates, for some nanoseconds;
 *   <li>{@link #RETIRED}: no thread may write. The slot is free, or its key was removed, moved to
 *       another slot or table, or dropped. A thread that reads this value looks the key up again
 *       under the stripe's lock.
 * </ul>
 *
 * <p>{@code fill} encodes the time in which a bucket fills ({@link FillTimeCodec}). Only eviction
 * reads it, to compare which of two buckets is emptier (rule M3). Four slots store theirs right
 * behind them, so that they are probably in the processor's cache during an eviction.
 */
abstract sealed class Slots permits BucketTable {

  /** The first word while one thread writes the states of several rates. */
  static final long BUSY = Long.MIN_VALUE;

  /** The first word of a slot that holds no key, or no longer the current state of its key. */
  static final long RETIRED = -1;

  /** Slots that store their fill times together. */
  static final int GROUP = 4;

  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

  private static final int LOW_OFFSET = 1;
  private static final int STATE_OFFSET = 2;

  private final int rates;
  private final int slots;

  /** Words per slot. */
  private final int stride;

  /** Words for the fill times of a group. */
  private final int fillWords;

  /** Written directly by code that must not fail without stack, and through methods otherwise. */
  final long[] words;

  /** Creates free slots, whose first words are {@link #RETIRED}. */
  Slots(int rates, int slots) {
    this.rates = rates;
    this.slots = slots;
    this.stride = STATE_OFFSET + rates;
    this.fillWords = GROUP * rates * Character.SIZE / Long.SIZE;
    this.words = new long[(slots + GROUP - 1) / GROUP * (GROUP * stride + fillWords)];
    for (int slot = 0; slot < slots; slot++) {
      words[wordOffset(slot)] = RETIRED;
    }
  }

  /**
   * The mask of a key's first state. Keys of one stripe share the upper bits of {@code high}, and
   * neighbours in a table share those of {@code low}; the rotation keeps the two apart.
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

  /** The index of a slot's fingerprint in {@link #words}. */
  private int offset(int slot) {
    return slot * stride + slot / GROUP * fillWords;
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

  /** Sets a fill time; all access to fill times requires the stripe's lock. */
  void setFill(int slot, int rate, char fill) {
    int offset = fillOffset(slot, rate);
    int shift = fillShift(slot, rate);
    words[offset] = (words[offset] & ~(0xffffL << shift)) | (long) fill << shift;
  }

  char fill(int slot, int rate) {
    return (char) (words[fillOffset(slot, rate)] >>> fillShift(slot, rate));
  }

  private int fillOffset(int slot, int rate) {
    int group = slot / GROUP;
    int index = slot % GROUP * rates + rate;
    return (group + 1) * GROUP * stride + group * fillWords + index * Character.SIZE / Long.SIZE;
  }

  private int fillShift(int slot, int rate) {
    return (slot % GROUP * rates + rate) * Character.SIZE;
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

  /** The largest missing share of a key's capacities; all of it while the key is busy. */
  double missingShare(int slot, long now) {
    long word = readOpaque(slot, 0);
    if (word < 0) {
      return FillTimeCodec.WHOLE;
    }
    double largest = FillTimeCodec.share((word ^ tag(slot)) - now, fill(slot, 0));
    for (int rate = 1; rate < rates; rate++) {
      largest =
          Math.max(largest, FillTimeCodec.share(readOpaque(slot, rate) - now, fill(slot, rate)));
    }
    return largest;
  }

  /**
   * A possibly outdated reading of the first state. If the slot is free, retired or busy, it is
   * greater than any instant in an unsigned comparison.
   */
  long firstStatePlain(int slot) {
    return words[wordOffset(slot)] ^ tag(slot);
  }

  /** Reads without memory ordering: the state may change right after anyway. Saves a third. */
  private long readOpaque(int slot, int rate) {
    return (long) WORDS.getOpaque(words, wordOffset(slot) + rate);
  }
}

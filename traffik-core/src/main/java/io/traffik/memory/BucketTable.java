package io.traffik.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An open-addressing array of buckets, for keys of one number of rates. Finding a bucket and moving
 * its state take no lock; adding and retiring buckets take that of the {@link Stripe}.
 *
 * <pre>
 *   slot     0                     1                     2
 *   words    high low state…       high low state…       0 0 0… (free)    …
 *   fills    fill…                 fill…                 0…               …
 * </pre>
 *
 * <p>{@code high} and {@code low} are the 128-bit fingerprint of the key. They are written once in
 * the life of a slot, {@code high} last, so whoever reads {@code high} sees the rest.
 *
 * <p>There is one state per rate: the instant at which the bucket is full. The first of them tells
 * by its sign who may move it:
 *
 * <ul>
 *   <li>not negative: anybody, by a compare-and-set;
 *   <li>negative, {@link #BUSY} set: one thread is moving the states of several rates together, for
 *       some nanoseconds;
 *   <li>{@link #RETIRED}: nobody any more. The key was forgotten, or it lives in another array that
 *       the stripe shows already or is about to. Who meets this asks the stripe under its lock.
 * </ul>
 *
 * <p>A retired slot is not used again in this array, so a state that was read is that of the key
 * whose fingerprint was read before it. The array is replaced when its slots run out.
 *
 * <p>{@code fill} is the time to fill a bucket in sixteen bits, precise to a thousandth: enough to
 * tell whose bucket is emptier (rule M3), and read for nothing else.
 */
final class BucketTable {

  /** Set in the first state while several states are moved together. */
  static final long BUSY = Long.MIN_VALUE;

  /** The first state of a slot that is out of use for good. */
  static final long RETIRED = -1;

  /** Where nothing is found; every stripe begins with it. */
  static final BucketTable EMPTY = new BucketTable(1, 1);

  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int LOW = 1;
  private static final int STATE = 2;
  private static final int MIN_SLOTS = 8;
  private static final int SAMPLE = 16;

  private final int rates;
  private final int stride;
  private final int slots;
  private final long[] words;
  private final char[] fills;

  // Guarded by the lock of the stripe.
  private int used;
  private int live;
  private int hand;

  private BucketTable(int rates, int slots) {
    this.rates = rates;
    this.stride = STATE + rates;
    this.slots = slots;
    this.words = new long[slots * stride];
    this.fills = new char[slots * rates];
  }

  /** An empty table with room for some keys before it {@link #isCrowded()}. */
  static BucketTable withRoomFor(int keys, int rates) {
    return new BucketTable(rates, Math.max(MIN_SLOTS, keys + keys / 2 + keys / 8));
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

  /** Whether a key should not be added before the slots are cleared of retired ones or grown. */
  boolean isCrowded() {
    return (used + 1) * 5L > slots * 4L;
  }

  /** Whether most of the room is wasted. */
  boolean isSparse() {
    return slots > MIN_SLOTS && live * 4 < slots;
  }

  /** The place of a key, or −1. A key that is found may be retired at any time after. */
  int find(long high, long low) {
    long[] found = words;
    for (int at = home(low) * stride; ; ) {
      long there = (long) WORDS.getAcquire(found, at);
      if (there == high && found[at + LOW] == low && state(at) != RETIRED) {
        return at;
      }
      if (there == 0) {
        return -1;
      }
      at += stride;
      if (at == found.length) {
        at = 0;
      }
    }
  }

  /** The first state of the key at a place. */
  long state(int at) {
    return (long) WORDS.getVolatile(words, at + STATE);
  }

  /** The state of one rate of the key at a place; steady only while the first is busy. */
  long state(int at, int rate) {
    return (long) WORDS.getVolatile(words, at + STATE + rate);
  }

  boolean moveState(int at, long from, long to) {
    return WORDS.compareAndSet(words, at + STATE, from, to);
  }

  /** Sets the state of one rate while the first is busy, or before the key is shown. */
  void setState(int at, int rate, long state) {
    WORDS.setRelease(words, at + STATE + rate, state);
  }

  void setFill(int at, int rate, long fillNanos) {
    fills[at / stride * rates + rate] = Fill.encode(fillNanos);
  }

  /** Gives a rate the fill that another key's rate has. */
  void copyFill(int at, int rate, BucketTable to, int place, int toRate) {
    to.fills[place / to.stride * to.rates + toRate] = fills[at / stride * rates + rate];
  }

  /** A place for a key that is not here yet; {@link #show} makes it found. */
  int reserve(long low) {
    int at = home(low) * stride;
    while (words[at] != 0) {
      at += stride;
      if (at == words.length) {
        at = 0;
      }
    }
    return at;
  }

  /** Makes a key found at its reserved place, whose states and fills have been set. */
  void show(int at, long high, long low) {
    words[at + LOW] = low;
    WORDS.setRelease(words, at, high);
    used++;
    live++;
  }

  /**
   * Puts a key out of use.
   *
   * @return its first state, or {@link #RETIRED} if it was out of use
   */
  long retire(int at) {
    for (; ; ) {
      long state = state(at);
      if (state == RETIRED) {
        return RETIRED;
      }
      if (state >= 0 && moveState(at, state, RETIRED)) {
        live--;
        return state;
      }
      Thread.onSpinWait();
    }
  }

  /** Puts all keys out of use. */
  void retireAll() {
    for (int at = 0; at < words.length; at += stride) {
      if (words[at] != 0) {
        retire(at);
      }
    }
  }

  /** Retires all keys whose buckets are full. */
  void forget(long now) {
    for (int at = 0; at < words.length; at += stride) {
      long state = words[at] == 0 ? RETIRED : state(at);
      if (state >= 0 && state <= now && isFull(at, now) && moveState(at, state, RETIRED)) {
        live--;
      }
    }
  }

  // A state beyond the first moves only while the first is busy, and every hit moves the first one
  // forward: if that is still the same when it is retired, what was read in between holds.
  private boolean isFull(int at, long now) {
    for (int rate = 1; rate < rates; rate++) {
      if (state(at, rate) > now) {
        return false;
      }
    }
    return true;
  }

  /** Retires all keys and adds those that were in use to another table. */
  void moveTo(BucketTable other) {
    for (int at = 0; at < words.length; at += stride) {
      long state = words[at] == 0 ? RETIRED : retire(at);
      if (state != RETIRED) {
        int to = other.reserve(words[at + LOW]);
        other.copy(to, state, this, at);
        other.show(to, words[at], words[at + LOW]);
      }
    }
  }

  private void copy(int to, long state, BucketTable from, int at) {
    words[to + STATE] = state;
    System.arraycopy(from.words, at + STATE + 1, words, to + STATE + 1, rates - 1);
    System.arraycopy(from.fills, at / stride * rates, fills, to / stride * rates, rates);
  }

  /** Of the next few keys, the place of the one with the smallest share missing; −1 if none. */
  int leastMissing(long now) {
    int found = -1;
    long smallest = Long.MAX_VALUE;
    int sampled = 0;
    for (int step = 0; step < slots && sampled < SAMPLE && smallest > 0; step++) {
      hand = hand + 1 == slots ? 0 : hand + 1;
      int at = hand * stride;
      if (words[at] == 0 || state(at) == RETIRED) {
        continue;
      }
      sampled++;
      long share = missing(at, now);
      if (share < smallest) {
        smallest = share;
        found = at;
      }
    }
    return found;
  }

  /** The largest share of a capacity that a key misses, in 65,536ths. */
  long missing(int at, long now) {
    long largest = 0;
    for (int rate = 0; rate < rates; rate++) {
      long missing = (state(at, rate) & ~BUSY) - now;
      largest = Math.max(largest, Fill.share(missing, fills[at / stride * rates + rate]));
    }
    return largest;
  }

  /** By bits of the fingerprint that did not choose the stripe. */
  private int home(long low) {
    return (int) (((low >>> Integer.SIZE) * slots) >>> Integer.SIZE);
  }
}

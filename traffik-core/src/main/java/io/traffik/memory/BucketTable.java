package io.traffik.memory;

import io.traffik.bucket.TokenBucket;

/**
 * A small open-addressing table of buckets, for one thread at a time.
 *
 * <p>An entry is four words side by side: the 128-bit fingerprint of its key, the instant at which
 * the bucket is full, and the time that it takes to fill, which tells how large a share is missing.
 * Entries lie at or behind their home slot without gaps (linear probing); removing one moves back
 * those behind it, so there are no tombstones.
 *
 * <pre>
 *   slot    0                       1                       2
 *   words   high low fullAt fill    high low fullAt fill    0 0 0 0 (free)   …
 * </pre>
 */
final class BucketTable {

  /** Answers of {@link #giveWay}. */
  static final int FORGOTTEN = 0;

  static final int EVICTED = 1;
  static final int NEWCOMER_GIVES_WAY = 2;

  private static final int WORDS = 4;
  private static final int LOW = 1;
  private static final int FULL_AT = 2;
  private static final int FILL = 3;
  private static final int MIN_SLOTS = 8;
  private static final int SAMPLE = 16;
  private static final long WHOLE = 1 << 16;

  /** One free slot, shared by all empty tables: thousands of stripes cost little before use. */
  private static final long[] EMPTY = new long[WORDS];

  private long[] words = EMPTY;
  private int slots = 1;
  private int size;
  private int hand;

  int size() {
    return size;
  }

  int slots() {
    return slots;
  }

  /** The slot of a fingerprint, or −1. */
  int find(long high, long low) {
    long marked = marked(high);
    for (int slot = home(marked); ; slot = next(slot)) {
      int at = slot * WORDS;
      if (words[at] == marked && words[at + LOW] == low) {
        return slot;
      }
      if (words[at] == 0) {
        return -1;
      }
    }
  }

  /** The state in a slot; {@link TokenBucket#FULL} for slot −1. */
  long fullAt(int slot) {
    return slot < 0 ? TokenBucket.FULL : words[slot * WORDS + FULL_AT];
  }

  void write(int slot, long fullAt, long fill) {
    words[slot * WORDS + FULL_AT] = fullAt;
    words[slot * WORDS + FILL] = fill;
  }

  /** Adds an entry whose fingerprint is not there yet. */
  void insert(long high, long low, long fullAt, long fill) {
    if ((size + 1) * 4 > slots * 3) {
      rebuild(Math.max(MIN_SLOTS, slots * 2));
    }
    place(marked(high), low, fullAt, fill);
    size++;
  }

  private void place(long marked, long low, long fullAt, long fill) {
    int slot = home(marked);
    while (words[slot * WORDS] != 0) {
      slot = next(slot);
    }
    int at = slot * WORDS;
    words[at] = marked;
    words[at + LOW] = low;
    words[at + FULL_AT] = fullAt;
    words[at + FILL] = fill;
  }

  /**
   * Makes room for a newcomer at the bound: of a sample of entries and the newcomer itself, the one
   * with the smallest share of its capacity missing gives way. So clients that each take little
   * never displace one that is exhausted.
   *
   * @return whether a full bucket was forgotten, another evicted, or the newcomer is to give way
   */
  int giveWay(long fullAt, long fill, long now) {
    int victim = -1;
    long smallest = share(fullAt - now, fill);
    int sampled = 0;
    for (int step = 0; step < slots && sampled < SAMPLE; step++) {
      hand = next(hand);
      int at = hand * WORDS;
      if (words[at] == 0) {
        continue;
      }
      sampled++;
      long missing = words[at + FULL_AT] - now;
      if (missing <= 0) {
        remove(hand);
        return FORGOTTEN;
      }
      long share = share(missing, words[at + FILL]);
      if (share <= smallest) {
        smallest = share;
        victim = hand;
      }
    }
    if (victim < 0) {
      return NEWCOMER_GIVES_WAY;
    }
    remove(victim);
    return EVICTED;
  }

  /** The missing share of a bucket in 65,536ths. */
  private static long share(long missing, long fill) {
    return fill < 1L << 46 ? missing * WHOLE / fill : missing / (fill / WHOLE);
  }

  /** Forgets refilled entries among the next slots; returns how many. */
  int sweep(int steps, long now) {
    int forgotten = 0;
    for (int step = 0; step < steps; step++) {
      hand = next(hand);
      // What is moved back into the slot is looked at as well.
      while (words[hand * WORDS] != 0 && words[hand * WORDS + FULL_AT] <= now) {
        remove(hand);
        forgotten++;
      }
    }
    // The smallest array is kept: a bucket that refills between its hits would make it anew each
    // time.
    if (slots > MIN_SLOTS && size == 0) {
      clear();
    } else if (slots > MIN_SLOTS && size * 8 < slots) {
      rebuild(Math.max(MIN_SLOTS, slots / 4));
    }
    return forgotten;
  }

  int clear() {
    int cleared = size;
    words = EMPTY;
    slots = 1;
    size = 0;
    hand = 0;
    return cleared;
  }

  private void remove(int removed) {
    int gap = removed;
    for (int slot = next(gap); words[slot * WORDS] != 0; slot = next(slot)) {
      int home = home(words[slot * WORDS]);
      // An entry may move back to the gap unless its home lies behind the gap.
      boolean homeBehindGap = ((slot - home) & (slots - 1)) < ((slot - gap) & (slots - 1));
      if (!homeBehindGap) {
        System.arraycopy(words, slot * WORDS, words, gap * WORDS, WORDS);
        gap = slot;
      }
    }
    words[gap * WORDS] = 0;
    size--;
  }

  private void rebuild(int newSlots) {
    long[] old = words;
    words = new long[newSlots * WORDS];
    slots = newSlots;
    hand = 0;
    for (int at = 0; at < old.length; at += WORDS) {
      if (old[at] != 0) {
        place(old[at], old[at + LOW], old[at + FULL_AT], old[at + FILL]);
      }
    }
  }

  /** Zero marks a free slot; the one fingerprint in 2^64 that reads so gives up a bit. */
  private static long marked(long high) {
    return high == 0 ? 1 : high;
  }

  /** By low bits: the high ones chose the stripe and are alike here. */
  private int home(long marked) {
    return (int) marked & (slots - 1);
  }

  private int next(int slot) {
    return (slot + 1) & (slots - 1);
  }
}

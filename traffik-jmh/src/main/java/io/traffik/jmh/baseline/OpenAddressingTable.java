package io.traffik.jmh.baseline;

import io.traffik.jmh.workload.BenchmarkLimit;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Open addressing over one array of pairs, a fingerprint and the instant at which its bucket is
 * full again: the least that a limiter of many clients can be.
 *
 * <p>A hit looks for the fingerprint by linear probing, reads the instant, then {@link
 * System#nanoTime()}, and replaces the instant by one compare-and-set, again if another thread was
 * quicker; a denial writes nothing. A fingerprint that is not found claims the first free pair by a
 * compare-and-set of its own.
 *
 * <p>What it does not do: compare keys (two clients of one fingerprint share a bucket, which a
 * 64-bit one makes unlikely, not impossible), forget, evict, grow (it fails when it is full),
 * several rates, changed rates, refunds, or anything else of a library. At most two thirds of the
 * pairs are used.
 */
final class OpenAddressingTable {

  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] words;
  private final int mask;
  private final GcraState gcra;

  OpenAddressingTable(BenchmarkLimit limit, int clients) {
    int slots = Integer.highestOneBit(Math.max(8, clients + clients / 2 - 1)) << 1;
    this.words = new long[2 * slots];
    this.mask = slots - 1;
    this.gcra = new GcraState(limit);
  }

  boolean hit(long fingerprint, long home) {
    int at = place(fingerprint, home) + 1;
    while (true) {
      long stored = (long) WORDS.getVolatile(words, at);
      long next = gcra.afterHit(stored);
      if (next == GcraState.DENIED) {
        return false;
      }
      if (WORDS.compareAndSet(words, at, stored, next)) {
        return true;
      }
    }
  }

  void consumeHalf(long fingerprint, long home) {
    WORDS.setVolatile(words, place(fingerprint, home) + 1, gcra.halfEmpty());
  }

  private int place(long fingerprint, long home) {
    // Zero marks a free pair.
    long marked = fingerprint == 0 ? 1 : fingerprint;
    int slot = (int) home & mask;
    for (int probes = 0; probes <= mask; probes++) {
      int at = 2 * slot;
      long found = (long) WORDS.getAcquire(words, at);
      if (found == marked) {
        return at;
      }
      if (found == 0) {
        long claimed = (long) WORDS.compareAndExchange(words, at, 0L, marked);
        if (claimed == 0 || claimed == marked) {
          return at;
        }
      }
      slot = (slot + 1) & mask;
    }
    throw new IllegalStateException("more clients than the kernel was made for: " + (mask + 1));
  }

  long size() {
    long size = 0;
    for (int at = 0; at < words.length; at += 2) {
      size += (long) WORDS.getAcquire(words, at) == 0 ? 0 : 1;
    }
    return size;
  }
}

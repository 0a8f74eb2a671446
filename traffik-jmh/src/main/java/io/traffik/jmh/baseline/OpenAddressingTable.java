package io.traffik.jmh.baseline;

import io.traffik.jmh.workload.BenchmarkLimit;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An open-addressing table of pairs: a 64-bit fingerprint and the instant at which the bucket is
 * full again. It is the cheapest limiter of many clients, and a lower bound for the cost of a hit.
 *
 * <p>A hit finds the fingerprint by linear probing, reads the instant, then {@link
 * System#nanoTime()}. An allowed hit replaces the instant by a compare-and-set, and retries if
 * another thread was first. A denial writes nothing. A new fingerprint claims the first free pair
 * by a compare-and-set.
 *
 * <p>The table compares no keys, so two clients with one fingerprint share a bucket. It never
 * forgets, evicts or grows, and fails when it is full. It has no second rate, no change of rate and
 * no refund. At most two thirds of the pairs are used.
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
    throw new IllegalStateException("The baseline's table is full. Slots: " + (mask + 1));
  }

  long size() {
    long size = 0;
    for (int at = 0; at < words.length; at += 2) {
      size += (long) WORDS.getAcquire(words, at) == 0 ? 0 : 1;
    }
    return size;
  }
}

package io.traffik.memory;

import io.traffik.Operation;
import io.traffik.QuotaPolicy;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * One share of the buckets, behind one lock. A bucket of several rates is several entries here,
 * whose fingerprints differ by the place of the rate.
 *
 * <p>The clock is read under the lock: a reading taken before it could be older than the state that
 * another thread has written since, and would grant what has not refilled yet.
 */
final class Stripe {

  private static final int HITS_PER_SWEEP = 16;

  /** Sets the fingerprints of a key's rates apart; odd, so that all places differ. */
  private static final long PER_RATE = 0x9e3779b97f4a7c15L;

  private final ReentrantLock lock = new ReentrantLock();
  private final Stripes stripes;
  private final LongSupplier clock;
  private final BucketTable table = new BucketTable();
  private int hits;

  Stripe(Stripes stripes, LongSupplier clock) {
    this.stripes = stripes;
    this.clock = clock;
  }

  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  boolean countsToSweep() {
    return (++hits & (HITS_PER_SWEEP - 1)) == 0;
  }

  long decide(long high, long low, Operation operation, Rate rate, long cost) {
    long now = clock.getAsLong();
    int slot = table.find(high, low);
    long stored = table.fullAt(slot);
    long carried = TokenBucket.carried(stored, now, rate);
    if (operation == Operation.REFUND) {
      long refunded = TokenBucket.afterRefund(carried, now, rate, cost);
      store(slot, high, low, stored, refunded, now, rate);
      return TokenBucket.margin(refunded, now, rate, 0);
    }
    long margin = TokenBucket.margin(carried, now, rate, cost);
    boolean taken = operation == Operation.HIT && margin >= 0;
    long next = taken ? TokenBucket.afterHit(carried, rate, cost) : carried;
    store(slot, high, low, stored, next, now, rate);
    return margin;
  }

  long decideAll(
      long high, long low, Operation operation, QuotaPolicy policy, long cost, long[] margins) {
    long now = clock.getAsLong();
    boolean granted = operation != Operation.PEEK;
    for (int i = 0; i < policy.size(); i++) {
      Rate rate = policy.rate(i);
      long carried = TokenBucket.carried(table.fullAt(table.find(high, place(low, i))), now, rate);
      margins[i] =
          operation == Operation.REFUND
              ? TokenBucket.margin(TokenBucket.afterRefund(carried, now, rate, cost), now, rate, 0)
              : TokenBucket.margin(carried, now, rate, cost);
      granted &= margins[i] >= 0;
    }
    for (int i = 0; i < policy.size(); i++) {
      Rate rate = policy.rate(i);
      int slot = table.find(high, place(low, i));
      long stored = table.fullAt(slot);
      long carried = TokenBucket.carried(stored, now, rate);
      long next = carried;
      if (granted) {
        next =
            operation == Operation.REFUND
                ? TokenBucket.afterRefund(carried, now, rate, cost)
                : TokenBucket.afterHit(carried, rate, cost);
      }
      store(slot, high, place(low, i), stored, next, now, rate);
    }
    return margins[0];
  }

  private static long place(long low, int index) {
    return low + index * PER_RATE;
  }

  /** Writes the next state of a bucket, if it says anything that the stored one does not. */
  private void store(int slot, long high, long low, long stored, long next, long now, Rate rate) {
    if (slot >= 0) {
      // A full bucket keeps the instant that it has: now would be as full, but cost a write.
      if (next != stored && (next > now || stored > now)) {
        table.write(slot, next, rate.fillNanos());
      }
    } else if (next > now) {
      insert(high, low, next, now, rate);
    }
  }

  private void insert(long high, long low, long fullAt, long now, Rate rate) {
    if (!stripes.claim()) {
      int freed = table.giveWay(fullAt, rate.fillNanos(), now);
      if (freed == BucketTable.NEWCOMER_GIVES_WAY) {
        stripes.countEviction();
        return;
      }
      if (freed == BucketTable.EVICTED) {
        stripes.countEviction();
      }
    }
    table.insert(high, low, fullAt, rate.fillNanos());
  }

  /** Forgets refilled buckets among some slots, unless another thread is at work here. */
  void trySweep(int slots) {
    if (lock.tryLock()) {
      try {
        sweep(slots);
      } finally {
        lock.unlock();
      }
    }
  }

  void cleanUp() {
    lock.lock();
    try {
      sweep(table.slots());
    } finally {
      lock.unlock();
    }
  }

  private void sweep(int slots) {
    if (table.size() > 0) {
      stripes.release(table.sweep(slots, clock.getAsLong()));
    }
  }

  void clear() {
    lock.lock();
    try {
      stripes.release(table.clear());
    } finally {
      lock.unlock();
    }
  }
}

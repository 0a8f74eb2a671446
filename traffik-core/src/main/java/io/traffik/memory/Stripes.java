package io.traffik.memory;

import io.traffik.Operation;
import io.traffik.QuotaPolicy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All buckets of a backend, shared out over stripes by the high bits of their fingerprints, so that
 * hits on different keys seldom wait for each other.
 *
 * <p>The number of buckets is bounded over all stripes together. Refilled ones are forgotten in
 * small steps: every few hits, the next stripe in turn is swept a little, whichever stripes are
 * hit.
 */
final class Stripes {

  /** Buckets per stripe at the bound; keeps the pause of rebuilding one table short. */
  private static final int BUCKETS_PER_STRIPE = 512;

  private static final int MAX_STRIPES = 4_096;
  private static final int SWEPT_SLOTS = 64;

  private final Stripe[] stripes;
  private final int shift;
  private final long maxBuckets;
  private final AtomicLong buckets = new AtomicLong();
  private final LongAdder evictions = new LongAdder();
  private final AtomicInteger turn = new AtomicInteger();

  Stripes(long maxBuckets, LongSupplier clock) {
    this.maxBuckets = maxBuckets;
    long wanted = Math.min(MAX_STRIPES, Math.max(1, maxBuckets / BUCKETS_PER_STRIPE));
    int count = Integer.highestOneBit((int) wanted);
    this.shift = Long.SIZE - Integer.numberOfTrailingZeros(count);
    this.stripes = new Stripe[count];
    for (int i = 0; i < count; i++) {
      stripes[i] = new Stripe(this, clock);
    }
  }

  /**
   * Decides a key by its fingerprint.
   *
   * @param margins takes one margin per rate, or null where the policy has one rate
   * @return the margin of the first rate
   */
  long decide(
      long high,
      long low,
      Operation operation,
      QuotaPolicy policy,
      long cost,
      long @Nullable [] margins) {
    Stripe stripe = stripes[stripes.length == 1 ? 0 : (int) (high >>> shift)];
    boolean sweepIsDue;
    long margin;
    stripe.lock();
    try {
      margin =
          margins == null
              ? stripe.decide(high, low, operation, policy.rate(0), cost)
              : stripe.decideAll(high, low, operation, policy, cost, margins);
      sweepIsDue = stripe.countsToSweep();
    } finally {
      stripe.unlock();
    }
    if (sweepIsDue) {
      stripes[Math.floorMod(turn.getAndIncrement(), stripes.length)].trySweep(SWEPT_SLOTS);
    }
    return margin;
  }

  /** Claims room for one more bucket; false at the bound. */
  boolean claim() {
    long count = buckets.get();
    while (count < maxBuckets) {
      if (buckets.compareAndSet(count, count + 1)) {
        return true;
      }
      count = buckets.get();
    }
    return false;
  }

  void release(int count) {
    buckets.addAndGet(-count);
  }

  void countEviction() {
    evictions.increment();
  }

  long size() {
    return buckets.get();
  }

  long evictions() {
    return evictions.sum();
  }

  void cleanUp() {
    for (Stripe stripe : stripes) {
      stripe.cleanUp();
    }
  }

  void clear() {
    for (Stripe stripe : stripes) {
      stripe.clear();
    }
  }
}

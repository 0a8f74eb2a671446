package io.traffik.memory;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * All keys of a backend, distributed over stripes by the high bits of their fingerprints.
 *
 * <p>A hit follows this path:
 *
 * <pre>
 *   {@link KeyHash}                text to a 128-bit fingerprint
 *   {@link StripedStore}           the stripe's table of one rate, straight from an array
 *   {@link SingleRateOperations}   one compare-and-set on the bucket's word; usually the end
 *   {@link Stripe}                 only if the key was missed or has several rates
 * </pre>
 *
 * <p>The work under a lock is limited to one stripe. Up to about 67 million keys, stripes keep
 * their size, so the longest pause does not grow with the number of keys.
 *
 * <p>A stripe is created with its first key, except for the first stripe. Sweeps remove full
 * buckets: every 512 or 2,048 hits, a thread sweeps the next few stripes. These need not be the
 * stripes of its hits.
 */
final class StripedStore {

  /**
   * The smallest number of keys per stripe at the bound, unless the bound is smaller. Stripes hold
   * from 512 to 1,023 keys, until there are 2^16 stripes.
   */
  private static final int KEYS_PER_STRIPE = 512;

  private static final int MAX_STRIPES = 1 << 16;

  /** A sweep ends after this number of stripes, or earlier after {@link #SLOTS_PER_SWEEP}. */
  private static final int STRIPES_PER_SWEEP = 16;

  private static final int SLOTS_PER_SWEEP = 256;

  /** The next sweep comes soon if this one removed more than one key per this many slots. */
  private static final int SLOTS_PER_REMOVAL = 16;

  /** The steps in which a stripe acquires its share of the key budget. */
  private static final int BUDGET_STEPS = 64;

  private final AtomicReferenceArray<@Nullable Stripe> stripes;

  /** The tables for one rate, by stripe: nearly all hits need only these. */
  private final AtomicReferenceArray<BucketTable> singleRateTables;

  private final int shift;
  private final int mask;
  private final LongSupplier clock;
  private final KeyBudget budget;
  private final RateListRegistry lists = new RateListRegistry();
  private final ThreadHints hints = new ThreadHints();
  private final AtomicInteger nextSwept = new AtomicInteger();

  StripedStore(long maxKeys, LongSupplier clock) {
    long wanted = Math.min(MAX_STRIPES, Math.max(1, maxKeys / KEYS_PER_STRIPE));
    int count = Integer.highestOneBit((int) wanted);
    this.shift = Long.SIZE - Integer.numberOfTrailingZeros(count);
    this.mask = count - 1;
    this.stripes = new AtomicReferenceArray<>(count);
    this.singleRateTables = new AtomicReferenceArray<>(count);
    for (int i = 0; i < count; i++) {
      singleRateTables.setPlain(i, BucketTable.EMPTY);
    }
    this.clock = clock;
    this.budget = new KeyBudget(maxKeys, (int) Math.max(1, maxKeys / count / BUDGET_STEPS));
    // Initialises classes now. If a hit did so and overflowed the stack, they would be unusable for
    // ever.
    create(0);
    TokenBucket.grants(Operation.PEEK, 0, 0, Rate.perSecond(1), 0, 0);
  }

  /**
   * Decides a key by its fingerprint.
   *
   * @param margins receives the answer; may be null if the policy has one rate, except for a
   *     settlement
   * @return the margin of the first rate
   */
  long decide(
      long high,
      long low,
      Operation operation,
      QuotaPolicy policy,
      long cost,
      long argument,
      long @Nullable [] margins) {
    // The mask matters for a single stripe, because shifting by 64 bits shifts by none.
    int stripeIndex = (int) (high >>> shift) & mask;
    // Zero marks a free slot, so a fingerprint whose first half is zero gets another one.
    long marked = high == 0 ? 1 : high;
    int hint = ThreadHints.index();
    if (hints.isSweepDue(hint)) {
      hints.scheduleSweep(hint, sweep());
    }
    if (margins != null && policy.size() > 1) {
      return stripe(stripeIndex).decideAll(marked, low, operation, policy, cost, argument, margins);
    }
    // Only a late reading can deny or add a key. If one is expected, the early one is skipped.
    long earlyNow =
        hints.expectsLateReading(hint) ? SingleRateOperations.NOT_READ : clock.getAsLong();
    BucketTable table = singleRateTables.getAcquire(stripeIndex);
    Rate rate = policy.rate(0);
    long margin =
        SingleRateOperations.decide(
            table, marked, low, operation, rate, cost, argument, earlyNow, clock, margins);
    if (margin == SingleRateOperations.ABSENT) {
      hints.recordReading(hint, true);
      return stripe(stripeIndex).decide(marked, low, operation, policy, cost, argument, margins);
    }
    hints.recordReading(hint, margin < 0);
    return margin;
  }

  /** The rates of all keys. */
  RateListRegistry lists() {
    return lists;
  }

  private Stripe stripe(int index) {
    Stripe existing = stripes.getAcquire(index);
    return existing != null ? existing : create(index);
  }

  private Stripe create(int index) {
    Stripe created =
        new Stripe(budget, lists, clock, table -> singleRateTables.setRelease(index, table));
    Stripe other = stripes.compareAndExchange(index, null, created);
    return other != null ? other : created;
  }

  /**
   * Removes full buckets from the next stripes.
   *
   * @return whether the next sweep should come soon, because sweeps are cheap or find many full
   *     buckets
   */
  private boolean sweep() {
    int slots = 0;
    long removed = 0;
    for (int i = 0; i < STRIPES_PER_SWEEP && slots < SLOTS_PER_SWEEP; i++) {
      Stripe stripe = stripes.getAcquire(nextSwept.getAndIncrement() & mask);
      if (stripe != null) {
        slots += stripe.slots();
        removed += stripe.trySweep();
      }
    }
    return slots <= SLOTS_PER_SWEEP || removed > slots / SLOTS_PER_REMOVAL;
  }

  long size() {
    return sum(Stripe::size);
  }

  long evictions() {
    return sum(Stripe::evictions);
  }

  private long sum(ToLongFunction<Stripe> number) {
    long sum = 0;
    for (int i = 0; i <= mask; i++) {
      Stripe stripe = stripes.getAcquire(i);
      sum += stripe == null ? 0 : number.applyAsLong(stripe);
    }
    return sum;
  }

  void cleanUp() {
    forEach(Stripe::cleanUp);
  }

  void clear() {
    forEach(Stripe::clear);
  }

  private void forEach(Consumer<Stripe> action) {
    for (int i = 0; i <= mask; i++) {
      Stripe stripe = stripes.getAcquire(i);
      if (stripe != null) {
        action.accept(stripe);
      }
    }
  }
}

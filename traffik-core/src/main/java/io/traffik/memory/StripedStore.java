package io.traffik.memory;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * All keys of a backend, shared out over stripes by the high bits of their fingerprints, so that
 * what needs a lock is small: the longest pause is that of one stripe's table, which does not grow
 * with the number of keys, up to some sixty million of them.
 *
 * <p>A stripe, but for the first, is made when the first of its keys comes. Refilled buckets are
 * forgotten stripe by stripe: every so many hits of a thread it is the turn of the next one,
 * whichever stripes are hit.
 */
final class StripedStore {

  /** Keys per stripe at the bound, at least, and less than twice as many until stripes run out. */
  private static final int KEYS_PER_STRIPE = 512;

  private static final int MAX_STRIPES = 1 << 16;

  /** How much is looked at in one turn: a large table alone, or so many small ones. */
  private static final int STRIPES_PER_TURN = 16;

  private static final int SLOTS_PER_TURN = 256;

  /** Where more than one in so many slots could be forgotten, the next turn comes soon. */
  private static final int MANY = 16;

  /** A stripe's budget grows by so small a part of what it has at the bound. */
  private static final int BUDGET_STEPS = 64;

  private final AtomicReferenceArray<@Nullable Stripe> stripes;

  /** The tables of one rate, by stripe: what nearly all hits need, without a look at the stripe. */
  private final AtomicReferenceArray<BucketTable> tables;

  private final int shift;
  private final int mask;
  private final LongSupplier clock;
  private final KeyBudget budget;
  private final ThreadHints memo = new ThreadHints();
  private final AtomicInteger next = new AtomicInteger();

  StripedStore(long maxKeys, LongSupplier clock) {
    long wanted = Math.min(MAX_STRIPES, Math.max(1, maxKeys / KEYS_PER_STRIPE));
    int count = Integer.highestOneBit((int) wanted);
    this.shift = Long.SIZE - Integer.numberOfTrailingZeros(count);
    this.mask = count - 1;
    this.stripes = new AtomicReferenceArray<>(count);
    this.tables = new AtomicReferenceArray<>(count);
    for (int i = 0; i < count; i++) {
      tables.setPlain(i, BucketTable.EMPTY);
    }
    this.clock = clock;
    this.budget = new KeyBudget(maxKeys, (int) Math.max(1, maxKeys / count / BUDGET_STEPS));
    // For its classes: a class whose beginning ends for want of stack is never usable again.
    make(0);
  }

  /**
   * Decides a key by its fingerprint.
   *
   * @param margins takes one margin per rate, or null where the policy has one rate
   * @return the margin, if there is one rate
   */
  long decide(
      long high,
      long low,
      Operation operation,
      QuotaPolicy policy,
      long cost,
      long @Nullable [] margins) {
    // Shifting by all 64 bits, for one stripe, would shift by none.
    int index = (int) (high >>> shift) & mask;
    // Zero marks a free slot; the one fingerprint in 2^64 that reads so gives up a bit.
    long marked = high == 0 ? 1 : high;
    int place = ThreadHints.place();
    if (memo.isTurn(place)) {
      memo.endTurn(place, sweep());
    }
    if (margins != null) {
      stripe(index).decideAll(marked, low, operation, policy, cost, margins);
      return margins[0];
    }
    // An early reading can grant, and only a late one can deny or add a key: where one of these is
    // to be expected, the late one will do for all.
    long began = memo.expectsLate(place) ? SingleRateOperations.NOT_READ : clock.getAsLong();
    BucketTable table = tables.getAcquire(index);
    Rate rate = policy.rate(0);
    long margin =
        SingleRateOperations.decide(table, marked, low, operation, rate, cost, began, clock);
    if (margin == SingleRateOperations.ABSENT) {
      memo.note(place, true);
      return stripe(index).decide(marked, low, operation, policy, cost);
    }
    memo.note(place, margin < 0);
    return margin;
  }

  private Stripe stripe(int index) {
    Stripe known = stripes.getAcquire(index);
    return known != null ? known : make(index);
  }

  private Stripe make(int index) {
    Stripe made = new Stripe(budget, clock, table -> tables.setRelease(index, table));
    Stripe before = stripes.compareAndExchange(index, null, made);
    return before != null ? before : made;
  }

  /**
   * Forgets refilled buckets of the next stripes.
   *
   * @return whether it is to be done again soon: it takes little time, or there may be more to
   *     forget
   */
  private boolean sweep() {
    int slots = 0;
    long forgotten = 0;
    for (int i = 0; i < STRIPES_PER_TURN && slots < SLOTS_PER_TURN; i++) {
      Stripe stripe = stripes.getAcquire(next.getAndIncrement() & mask);
      if (stripe != null) {
        slots += stripe.slots();
        forgotten += stripe.trySweep();
      }
    }
    return slots <= SLOTS_PER_TURN || forgotten > slots / MANY;
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

package io.traffik.memory;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import java.util.function.LongSupplier;

/** Operations on a key of one rate: each replaces one word by compare-and-set, without a lock. */
final class SingleRateOperations {

  /** In place of a margin: the key is absent or may have been moved. */
  static final long ABSENT = Long.MAX_VALUE;

  /** In place of an early reading: the clock must be read after the state. */
  static final long NOT_READ = Long.MIN_VALUE;

  private SingleRateOperations() {}

  /**
   * Decides a key if a table holds it.
   *
   * <p>Tokens that were there at an early reading of the clock are there now, so an early reading
   * suffices for a grant. Little time then passes between reading the state and replacing it, so
   * that threads rarely collide. The hit counts as of that reading even if others came between.
   *
   * @param earlyNow a reading of the clock from before the state is read, or {@link #NOT_READ}
   * @return the margin, or {@link #ABSENT}, which is final under the stripe's lock
   */
  static long decide(
      BucketTable table,
      long high,
      long low,
      Operation operation,
      Rate rate,
      long cost,
      long earlyNow,
      LongSupplier clock) {
    long changes = table.changes();
    int slot = table.find(high, low);
    if (slot < 0) {
      return ABSENT;
    }
    long tag = Slots.tag(high, low);
    long now = earlyNow;
    long requiredCost = operation == Operation.REFUND ? 0 : cost;
    for (; ; ) {
      long state = table.state(slot, tag);
      if (state < 0 || table.changes() != changes) {
        return ABSENT;
      }
      if (now == NOT_READ
          || TokenBucket.margin(Math.max(state, now), now, rate, requiredCost) < 0) {
        // Another thread may have hit after an early reading. Only a reading from after the state
        // may deny. Only such a reading may find more missing than the capacity, as it is after a
        // change of the rate; an early one would forgive debt.
        now = clock.getAsLong();
      }
      long carried = TokenBucket.carried(state, now, rate);
      long margin;
      long next = carried;
      if (operation == Operation.REFUND) {
        next = TokenBucket.afterRefund(carried, now, rate, cost);
        margin = TokenBucket.margin(next, now, rate, 0);
      } else {
        margin = TokenBucket.margin(carried, now, rate, cost);
        if (operation == Operation.HIT && margin >= 0) {
          next = TokenBucket.afterHit(carried, rate, cost);
        }
      }
      // All instants up to now mean a full bucket, so that replacing one by another can be skipped.
      boolean unchanged = next == state || (next <= now && state <= now);
      if (unchanged || table.compareAndSetState(slot, tag, state, next)) {
        return margin;
      }
    }
  }
}

package io.traffik.memory;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import java.util.function.LongSupplier;

/** Operations on a bucket of one rate: one word, moved by one compare-and-set. */
final class SingleRateOperations {

  /** No margin: the bucket is not there, or may have been moved. */
  static final long ABSENT = Long.MAX_VALUE;

  /** In place of an early reading: the clock is to be read after the state. */
  static final long NOT_READ = Long.MIN_VALUE;

  private SingleRateOperations() {}

  /**
   * Decides a key if it is in a table.
   *
   * <p>What is there by an early reading of the clock is there now, so it can be granted: little
   * time passes then between reading the state and moving it, and threads seldom meet. The hit
   * counts as of that reading, if others came between.
   *
   * @param began a reading of the clock from before the state is read, or {@link #NOT_READ}
   * @return the margin, or {@link #ABSENT}; under the lock of the stripe that is final
   */
  static long decide(
      BucketTable table,
      long high,
      long low,
      Operation operation,
      Rate rate,
      long cost,
      long began,
      LongSupplier clock) {
    long changes = table.changes();
    int slot = table.find(high, low);
    if (slot < 0) {
      return ABSENT;
    }
    long tag = Slots.tag(high, low);
    long now = began;
    long asked = operation == Operation.REFUND ? 0 : cost;
    for (; ; ) {
      long state = table.state(slot, tag);
      if (state < 0 || table.changes() != changes) {
        return ABSENT;
      }
      if (now == NOT_READ || TokenBucket.margin(Math.max(state, now), now, rate, asked) < 0) {
        // Others may have hit later than the reading. Only one from after the state may deny; and
        // only one from after the state may see that more is missing than can be, which is how a
        // changed rate looks: debt would be forgiven else.
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
      // A full bucket keeps the instant that it has: now would be as full, but cost a write.
      boolean saysNothingNew = next == state || (next <= now && state <= now);
      if (saysNothingNew || table.compareAndSetState(slot, tag, state, next)) {
        return margin;
      }
    }
  }

  /** Decides a key that is absent, which is full. */
  static long decideFull(Operation operation, Rate rate, long cost) {
    return TokenBucket.margin(0, 0, rate, operation == Operation.REFUND ? 0 : cost);
  }
}

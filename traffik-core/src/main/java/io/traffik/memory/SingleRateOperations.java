package io.traffik.memory;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Operations on a key of one rate: each replaces one word by compare-and-set, without a lock. */
final class SingleRateOperations {

  /** In place of a margin: the key is absent, has another rate, or may have been moved. */
  static final long ABSENT = Long.MAX_VALUE;

  /** In place of an early reading: the clock must be read after the state. */
  static final long NOT_READ = Long.MIN_VALUE;

  private SingleRateOperations() {}

  /**
   * Decides a key if a table holds it.
   *
   * <p>Time only refills a bucket, so a hit that is granted at an early reading of the clock is
   * granted now. Little time then passes between reading the state and replacing it, so that
   * threads rarely collide. The hit counts as of the early reading, even if the state is newer.
   *
   * <p>Everything else needs a reading from after the state. The state may be newer than an early
   * reading, which would then deny a hit wrongly. An early reading would also overstate a wait, and
   * misjudge whether a cancelled reservation is the last one.
   *
   * @param earlyNow a reading of the clock from before the state is read, or {@link #NOT_READ}
   * @param margins receives the unpaid tokens of a settlement, after its margin
   * @return the margin, or {@link #ABSENT}, which is final under the stripe's lock
   */
  static long decide(
      BucketTable table,
      long high,
      long low,
      Operation operation,
      Rate rate,
      long cost,
      long argument,
      long earlyNow,
      LongSupplier clock,
      long @Nullable [] margins) {
    long changes = table.changes();
    int slot = table.find(high, low);
    if (slot < 0) {
      return ABSENT;
    }
    long tag = Slots.tag(high, low);
    long now = earlyNow;
    boolean isHit = operation == Operation.HIT || operation == Operation.PEEK;
    for (; ; ) {
      long state = table.state(slot, tag);
      if (state < 0 || table.changes() != changes) {
        return ABSENT;
      }
      if (now == NOT_READ
          || !isHit
          || TokenBucket.margin(carried(state, now, rate), now, rate, cost) < 0) {
        now = clock.getAsLong();
      }
      long carried = carried(state, now, rate);
      boolean granted = TokenBucket.grants(operation, carried, now, rate, cost, argument);
      long next =
          granted ? TokenBucket.after(operation, carried, now, rate, cost, argument) : carried;
      // All instants up to now mean a full bucket, so that replacing one by another can be skipped.
      boolean unchanged = next == state || (next <= now && state <= now);
      if (unchanged || table.compareAndSetState(slot, tag, state, next)) {
        if (operation == Operation.SETTLE && margins != null) {
          margins[1] = TokenBucket.unpaid(carried, now, rate, cost, argument);
        }
        return isHit
            ? TokenBucket.margin(carried, now, rate, cost)
            : TokenBucket.margin(next, now, rate, 0);
      }
    }
  }

  /** The state of a bucket that was written at the speed of the same rate. */
  private static long carried(long state, long now, Rate rate) {
    return TokenBucket.carried(state, rate.nanosPerToken(), now, rate);
  }
}

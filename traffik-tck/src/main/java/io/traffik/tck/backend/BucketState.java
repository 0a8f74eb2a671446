package io.traffik.tck.backend;

import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.Margin;

/**
 * A bucket at one instant, as a call of one rate finds it: the expected results by {@link
 * TokenBucket}.
 *
 * @param fullAt the stored instant at which the bucket is full
 * @param interval the stored interval, in nanoseconds per token
 * @param now the instant of the call
 * @param rate the rate of the call
 */
record BucketState(long fullAt, long interval, long now, Rate rate) {

  private long carried() {
    return TokenBucket.carried(fullAt, interval, now, rate);
  }

  /** Whether the debt is at most 140 years at the speed of the rate. */
  boolean isRepresentable() {
    return carried() != TokenBucket.UNREPRESENTABLE;
  }

  /** Whether this rate alone grants the call. */
  boolean grants(TimedCall call) {
    return isRepresentable()
        ? TokenBucket.grants(call.operation(), carried(), now, rate, call.cost(), call.argument())
        : call.needsTokens() && call.cost() == 0;
  }

  /**
   * The margin that answers the call.
   *
   * @param granted whether all rates grant it
   */
  long margin(TimedCall call, boolean granted) {
    if (!isRepresentable()) {
      return call.needsTokens()
          ? TokenBucket.marginOfUnrepresentable(
              fullAt, interval, now, rate, call.cost(), call.argument())
          : -Margin.MAX_NANOS;
    }
    return call.needsTokens()
        ? TokenBucket.margin(carried(), now, rate, call.cost())
        : TokenBucket.margin(after(call, granted), now, rate, 0);
  }

  /** The instant at which the bucket is full after the call, at the speed of the rate. */
  long after(TimedCall call, boolean granted) {
    return granted
        ? TokenBucket.after(call.operation(), carried(), now, rate, call.cost(), call.argument())
        : carried();
  }

  /** The tokens of a settlement that the bucket cannot owe. */
  long unpaid(TimedCall call, boolean granted) {
    return granted
        ? TokenBucket.unpaid(carried(), now, rate, call.cost(), call.argument())
        : call.cost();
  }
}

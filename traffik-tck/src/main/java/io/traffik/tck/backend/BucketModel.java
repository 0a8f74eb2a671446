package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;

/**
 * The expected state of one bucket by {@link TokenBucket}: the earliest and the latest instant at
 * which it may be full. In simulated time and with exact margins the two are equal.
 */
final class BucketModel {

  private long earliest = TokenBucket.FULL;
  private long latest = TokenBucket.FULL;
  private long lastCallAt;

  /**
   * The part of the last call's nanoseconds that the backend may have rounded, or may round yet.
   */
  private long lastCostNanos;

  /** Records that the bucket has another rate from now on. */
  void rateChanged(Rate old, TestTime time) {
    if (latest != TokenBucket.FULL) {
      long missing = Math.max(0, latest - lastCallAt);
      // The old rate rounds at most one fill time. If the bucket was never moved to it, the next
      // rate
      // may have to round all missing time.
      long rounding = time.rounding(old, Math.min(missing, old.fillNanos()));
      earliest -= rounding;
      latest += rounding;
      lastCostNanos = missing;
    }
  }

  /** The margins that a correct backend may return. */
  MarginRange expectedMargins(TimedCall call, Rate rate, TestTime time) {
    long tolerance = time.tolerance(rate, span(call, rate));
    long min = margin(latest, call.before(), call, rate);
    long max = margin(earliest, call.after(), call, rate);
    long full =
        rate.fillNanos() - (call.operation() == Operation.REFUND ? 0 : call.costNanos(rate));
    boolean isFree = call.operation() == Operation.REFUND || call.cost() == 0;
    return new MarginRange(
        isFree ? Math.max(0, min - tolerance) : min - tolerance, Math.min(max + tolerance, full));
  }

  private static long margin(long fullAt, long now, TimedCall call, Rate rate) {
    long carried = TokenBucket.carried(fullAt, now, rate);
    return call.operation() == Operation.REFUND
        ? TokenBucket.margin(TokenBucket.afterRefund(carried, now, rate, call.cost()), now, rate, 0)
        : TokenBucket.margin(carried, now, rate, call.cost());
  }

  private long span(TimedCall call, Rate rate) {
    long refilled = Math.min(call.after() - lastCallAt, rate.fillNanos());
    return Math.max(0, refilled) + call.costNanos(rate) + Math.min(lastCostNanos, rate.fillNanos());
  }

  /** Sets the state from the backend's margin, which must be in the expected range. */
  void recordMargin(TimedCall call, Rate rate, long margin, boolean granted) {
    boolean afterCharge = granted && call.operation() != Operation.PEEK;
    long remaining = afterCharge ? margin : margin + call.costNanos(rate);
    long fullAtLatest = call.after() + rate.fillNanos();
    boolean movesLater = call.isReadOnly() && latest > fullAtLatest;
    latest = movesLater ? latest : fullAtLatest - remaining;
    earliest = call.before() + rate.fillNanos() - remaining;
    lastCallAt = call.before();
    lastCostNanos = movesLater ? latest - lastCallAt : call.costNanos(rate);
  }

  /** Computes the state from the backend's decision alone, without its margin. */
  void recordOutcome(TimedCall call, Rate rate, boolean granted, TestTime time) {
    long tolerance = time.tolerance(rate, span(call, rate));
    earliest = next(earliest, call.before(), call, rate, granted) - tolerance;
    long next = next(latest, call.after(), call, rate, granted) + tolerance;
    boolean movesLater = call.isReadOnly() && latest > next;
    latest = movesLater ? latest : Math.min(next, call.after() + rate.fillNanos());
    lastCallAt = call.before();
    lastCostNanos = movesLater ? latest - lastCallAt : 0;
  }

  private static long next(long fullAt, long now, TimedCall call, Rate rate, boolean granted) {
    long carried = TokenBucket.carried(fullAt, now, rate);
    return switch (call.operation()) {
      case HIT -> granted ? TokenBucket.afterHit(carried, rate, call.cost()) : carried;
      case PEEK -> carried;
      case REFUND -> TokenBucket.afterRefund(carried, now, rate, call.cost());
      case SETTLE -> TokenBucket.afterHit(carried, rate, call.cost());
    };
  }
}

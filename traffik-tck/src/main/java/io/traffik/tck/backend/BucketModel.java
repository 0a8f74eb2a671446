package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;

/**
 * What a bucket may hold by {@link TokenBucket}: the earliest and the latest instant at which it
 * may be full. On a clock that stands still and with exact answers the two are one.
 */
final class BucketModel {

  private long earliest = TokenBucket.FULL;
  private long latest = TokenBucket.FULL;
  private long lastAsked;

  /** The time that earlier answers reckoned with or left for later, and may have rounded. */
  private long lastCostNanos;

  /** Tells that another rate holds from now on, by which rounding counts differently. */
  void rateChanged(Rate old, TestTime time) {
    if (latest != TokenBucket.FULL) {
      long missing = Math.max(0, latest - lastAsked);
      // Of what the bucket cannot lack, the old rate has rounded nothing; but if that was never
      // carried over to it, the next one may have to reckon with it.
      long rounding = time.rounding(old, Math.min(missing, old.fillNanos()));
      earliest -= rounding;
      latest += rounding;
      lastCostNanos = missing;
    }
  }

  /** The margins that a right backend may answer with. */
  MarginRange expectedMargins(TimedCall asked, Rate rate, TestTime time) {
    long tolerance = time.tolerance(rate, span(asked, rate));
    long least = margin(latest, asked.before(), asked, rate);
    long most = margin(earliest, asked.after(), asked, rate);
    long full =
        rate.fillNanos() - (asked.operation() == Operation.REFUND ? 0 : asked.costNanos(rate));
    boolean isFree = asked.operation() == Operation.REFUND || asked.cost() == 0;
    return new MarginRange(
        isFree ? Math.max(0, least - tolerance) : least - tolerance,
        Math.min(most + tolerance, full));
  }

  private static long margin(long fullAt, long now, TimedCall asked, Rate rate) {
    long carried = TokenBucket.carried(fullAt, now, rate);
    return asked.operation() == Operation.REFUND
        ? TokenBucket.margin(
            TokenBucket.afterRefund(carried, now, rate, asked.cost()), now, rate, 0)
        : TokenBucket.margin(carried, now, rate, asked.cost());
  }

  private long span(TimedCall asked, Rate rate) {
    long refilled = Math.min(asked.after() - lastAsked, rate.fillNanos());
    return Math.max(0, refilled)
        + asked.costNanos(rate)
        + Math.min(lastCostNanos, rate.fillNanos());
  }

  /** Takes the backend's answer for the truth; to be checked against the spread first. */
  void recordMargin(TimedCall asked, Rate rate, long margin, boolean granted) {
    boolean reckonedWith = granted && asked.operation() != Operation.PEEK;
    long held = reckonedWith ? margin : margin + asked.costNanos(rate);
    long carriedAtLatest = asked.after() + rate.fillNanos();
    boolean carriesLater = asked.isReadOnly() && latest > carriedAtLatest;
    latest = carriesLater ? latest : carriedAtLatest - held;
    earliest = asked.before() + rate.fillNanos() - held;
    lastAsked = asked.before();
    lastCostNanos = carriesLater ? latest - lastAsked : asked.costNanos(rate);
  }

  /** Goes by the arithmetic alone, but for whether the backend granted. */
  void recordOutcome(TimedCall asked, Rate rate, boolean granted, TestTime time) {
    long tolerance = time.tolerance(rate, span(asked, rate));
    earliest = next(earliest, asked.before(), asked, rate, granted) - tolerance;
    long next = next(latest, asked.after(), asked, rate, granted) + tolerance;
    boolean carriesLater = asked.isReadOnly() && latest > next;
    latest = carriesLater ? latest : Math.min(next, asked.after() + rate.fillNanos());
    lastAsked = asked.before();
    lastCostNanos = carriesLater ? latest - lastAsked : 0;
  }

  private static long next(long fullAt, long now, TimedCall asked, Rate rate, boolean granted) {
    long carried = TokenBucket.carried(fullAt, now, rate);
    return switch (asked.operation()) {
      case HIT -> granted ? TokenBucket.afterHit(carried, rate, asked.cost()) : carried;
      case PEEK -> carried;
      case REFUND -> TokenBucket.afterRefund(carried, now, rate, asked.cost());
    };
  }
}

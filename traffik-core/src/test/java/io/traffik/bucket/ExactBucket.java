package io.traffik.bucket;

import io.traffik.Rate;
import java.math.BigInteger;

/**
 * A token bucket in exact arithmetic, written from the rules: it counts tokens, in units of one
 * nanosecond's refill, and refills them as time goes by. Nothing overflows and nothing rounds.
 */
public final class ExactBucket {

  private BigInteger interval;
  private BigInteger full;
  private BigInteger held;
  private long lastNow;

  public ExactBucket(Rate rate, long now) {
    interval = BigInteger.valueOf(rate.nanosPerToken());
    full = interval.multiply(BigInteger.valueOf(rate.capacity()));
    held = full;
    lastNow = now;
  }

  /** Refills for the time gone by; a step back neither takes nor adds. */
  private void refill(long now) {
    BigInteger elapsed = BigInteger.valueOf(now).subtract(BigInteger.valueOf(lastNow));
    held = held.add(elapsed.max(BigInteger.ZERO)).min(full);
    lastNow = now;
  }

  /** What would be left after the cost: below zero, the wait for it. */
  public BigInteger margin(long now, long cost) {
    refill(now);
    return held.subtract(price(cost));
  }

  public boolean hit(long now, long cost) {
    BigInteger margin = margin(now, cost);
    if (margin.signum() < 0) {
      return false;
    }
    held = margin;
    return true;
  }

  public void refund(long now, long cost) {
    refill(now);
    held = held.add(price(cost)).min(full);
  }

  /** B11: the instant of being full stays, and at most the new capacity is missing. */
  public void change(Rate rate, long now) {
    refill(now);
    BigInteger missing = full.subtract(held);
    interval = BigInteger.valueOf(rate.nanosPerToken());
    full = interval.multiply(BigInteger.valueOf(rate.capacity()));
    held = full.subtract(missing.min(full));
  }

  private BigInteger price(long cost) {
    return interval.multiply(BigInteger.valueOf(cost));
  }
}

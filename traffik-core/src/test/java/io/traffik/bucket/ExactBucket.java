package io.traffik.bucket;

import io.traffik.Rate;
import java.math.BigInteger;
import java.time.Duration;

/**
 * A token bucket by rules B1 to B12, in exact rational numbers. It counts and refills tokens,
 * whereas {@link TokenBucket} stores one instant. It is slow, and simple enough to be right.
 */
public final class ExactBucket {

  private Fraction capacity;
  private Fraction perNano;
  private Fraction tokens;
  private long now;

  private ExactBucket(Fraction capacity, Fraction perNano, long now) {
    this.capacity = capacity;
    this.perNano = perNano;
    this.tokens = capacity;
    this.now = now;
  }

  /** B1: starts full. It refills at the applied rate: a whole number of nanoseconds per token. */
  public static ExactBucket atAppliedRate(Rate rate, long now) {
    return new ExactBucket(Fraction.of(rate.capacity()), applied(rate), now);
  }

  /** The requested tokens per nanosecond: L/P. */
  static Fraction requested(Rate rate) {
    return Fraction.of(rate.limit()).over(nanos(rate.period()));
  }

  /** The applied tokens per nanosecond: 1/⌈P/L⌉. */
  static Fraction applied(Rate rate) {
    BigInteger interval = Fraction.of(1).over(requested(rate)).ceiling();
    return new Fraction(BigInteger.ONE, interval);
  }

  private static Fraction nanos(Duration duration) {
    return Fraction.of(duration.getSeconds())
        .times(Fraction.of(1_000_000_000))
        .plus(Fraction.of(duration.getNano()));
  }

  /** B1: refills continuously and never holds more than the capacity. */
  public void advanceTo(long instant) {
    Fraction refilled = perNano.times(Fraction.of(instant - now));
    tokens = tokens.plus(refilled).min(capacity);
    now = instant;
  }

  public Fraction tokens() {
    return tokens;
  }

  /** B2: allowed if and only if the bucket has that many tokens. */
  public boolean allows(long cost) {
    return Fraction.of(cost).compareTo(tokens) <= 0;
  }

  /** B5: whether no wait suffices. */
  public boolean canNever(long cost) {
    return Fraction.of(cost).compareTo(capacity) > 0;
  }

  /** B2: takes allowed tokens. */
  public void take(long cost) {
    if (!allows(cost)) {
      throw new IllegalStateException(cost + " tokens taken, but available: " + tokens);
    }
    tokens = tokens.minus(Fraction.of(cost));
  }

  /** B12: never above the capacity. */
  public void refund(long cost) {
    tokens = tokens.plus(Fraction.of(cost)).min(capacity);
  }

  /** B11: the bucket keeps the instant at which it is full; at most the new capacity is missing. */
  public void changeTo(Rate rate) {
    Fraction untilFull = capacity.minus(tokens).over(perNano);
    capacity = Fraction.of(rate.capacity());
    perNano = applied(rate);
    tokens = capacity.minus(untilFull.times(perNano)).max(Fraction.ZERO);
  }

  /**
   * The tokens that a hit would leave or lack, as the time in which they refill. At the applied
   * rate this is a whole number of nanoseconds.
   */
  public long margin(long cost) {
    Fraction time = tokens.minus(Fraction.of(cost)).over(perNano);
    if (!time.denominator().equals(BigInteger.ONE)) {
      throw new IllegalStateException("not a whole number of nanoseconds: " + time);
    }
    return time.numerator().longValueExact();
  }

  @Override
  public String toString() {
    return tokens + " of " + capacity + " at " + now;
  }
}

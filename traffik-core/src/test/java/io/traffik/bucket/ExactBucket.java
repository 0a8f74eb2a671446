package io.traffik.bucket;

import io.traffik.Rate;
import java.math.BigInteger;
import java.time.Duration;

/**
 * A token bucket as rules B1 to B12 have it, in exact rational numbers: it counts tokens and
 * refills them, where {@link TokenBucket} keeps one instant. Slow, and simple enough to be right.
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

  /**
   * B1: starts full. It refills at the rate that is kept: a whole number of nanoseconds a token.
   */
  public static ExactBucket atKeptRate(Rate rate, long now) {
    return new ExactBucket(Fraction.of(rate.capacity()), kept(rate), now);
  }

  /** Tokens per nanosecond as asked for: L/P. */
  static Fraction asked(Rate rate) {
    return Fraction.of(rate.limit()).over(nanos(rate.period()));
  }

  /** Tokens per nanosecond as kept: 1/⌈P/L⌉. */
  static Fraction kept(Rate rate) {
    BigInteger interval = Fraction.of(1).over(asked(rate)).ceiling();
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

  /** B2: allowed if and only if that many tokens are there. */
  public boolean allows(long cost) {
    return Fraction.of(cost).compareTo(tokens) <= 0;
  }

  /** B5: whether no wait helps. */
  public boolean canNever(long cost) {
    return Fraction.of(cost).compareTo(capacity) > 0;
  }

  /** B2: takes what is allowed. */
  public void take(long cost) {
    if (!allows(cost)) {
      throw new IllegalStateException(cost + " are not there: " + tokens);
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
    perNano = kept(rate);
    tokens = capacity.minus(untilFull.times(perNano)).max(Fraction.ZERO);
  }

  /**
   * What a hit would leave, or what it lacks, as the time in which that much refills. At the kept
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

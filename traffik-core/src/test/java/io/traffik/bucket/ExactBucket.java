package io.traffik.bucket;

import io.traffik.Rate;
import io.traffik.spi.Margin;
import java.math.BigInteger;
import java.time.Duration;

/**
 * A token bucket in exact rational numbers, by rules B1 to B14. It counts the missing tokens, while
 * {@link TokenBucket} stores one instant. It is slow, and simple enough to be verified by reading.
 *
 * <p>A bucket refills at the speed of the last rate that {@link #changeTo} applied.
 */
public final class ExactBucket {

  private Rate rate;
  private Fraction missing;
  private long now;

  private ExactBucket(Rate rate, Fraction missing, long now) {
    this.rate = rate;
    this.missing = missing;
    this.now = now;
  }

  /** A full bucket (rule B1). A token refills in a whole number of nanoseconds. */
  public static ExactBucket atAppliedRate(Rate rate, long now) {
    return new ExactBucket(rate, Fraction.ZERO, now);
  }

  /** A bucket in the same state, which changes independently. */
  ExactBucket copy() {
    return new ExactBucket(rate, missing, now);
  }

  /** The requested tokens per nanosecond: L/P. */
  static Fraction requested(Rate rate) {
    return Fraction.of(rate.limit()).over(nanos(rate.period()));
  }

  /** The applied tokens per nanosecond: 1/⌈P/L⌉. */
  static Fraction applied(Rate rate) {
    return new Fraction(BigInteger.ONE, Fraction.of(1).over(requested(rate)).ceiling());
  }

  private static Fraction nanos(Duration duration) {
    return Fraction.of(duration.getSeconds())
        .times(Fraction.of(1_000_000_000))
        .plus(Fraction.of(duration.getNano()));
  }

  /** The time in which some tokens refill. */
  private Fraction timeOf(Fraction tokens) {
    return tokens.over(applied(rate));
  }

  private Fraction capacity() {
    return Fraction.of(rate.capacity());
  }

  /** Refills continuously, up to the capacity (rule B1). */
  public void advanceTo(long instant) {
    Fraction refilled = applied(rate).times(Fraction.of(instant - now));
    missing = missing.minus(refilled).max(Fraction.ZERO);
    now = instant;
  }

  /**
   * Applies another rate (rule B11): missing tokens stay missing, and refill at the new speed.
   * Their time is rounded up to whole nanoseconds.
   *
   * @return false if the time exceeds 140 years; nothing has changed then
   */
  public boolean changeTo(Rate next) {
    Fraction speed = applied(next);
    if (!speed.equals(applied(rate))) {
      BigInteger time = missing.over(speed).ceiling();
      if (time.compareTo(BigInteger.valueOf(Margin.MAX_NANOS)) > 0) {
        return false;
      }
      missing = new Fraction(time, BigInteger.ONE).times(speed);
    }
    rate = next;
    return true;
  }

  /** The tokens in the bucket; negative if it owes. */
  public Fraction tokens() {
    return capacity().minus(missing);
  }

  /** Whether a hit without patience is granted (rules B2 and B6). */
  public boolean allows(long cost) {
    return allows(cost, 0);
  }

  /** Whether the tokens of a hit refill within its patience (rule B13). */
  public boolean allows(long cost, long patience) {
    return cost == 0 || (!canNever(cost) && margin(cost) >= -patience);
  }

  /** Whether no wait suffices for a cost (rule B5). */
  public boolean canNever(long cost) {
    return cost > rate.capacity();
  }

  /** Takes tokens, even if they have not refilled yet. */
  public void take(long cost) {
    missing = missing.plus(Fraction.of(cost));
  }

  /** Returns tokens, up to the capacity (rule B12). */
  public void refund(long cost) {
    missing = missing.minus(Fraction.of(cost)).max(Fraction.ZERO);
  }

  /**
   * Whether no reservation proceeds later than after some time (rule B13). The last one proceeds
   * when the missing tokens have fallen to the capacity. Half a token is tolerated.
   */
  boolean isLastPromise(long promised) {
    Fraction last = timeOf(missing.minus(capacity()));
    Fraction tolerance = timeOf(Fraction.of(1, 2));
    return last.minus(Fraction.of(promised)).compareTo(tolerance) <= 0;
  }

  /**
   * Takes tokens up to a debt of 140 years, or of a number of tokens beyond the capacity (rule
   * B14).
   *
   * @return the tokens that the bucket cannot owe, rounded up
   */
  BigInteger settle(long cost, long maxDebt) {
    Fraction longest = Fraction.of(Margin.MAX_NANOS).times(applied(rate));
    Fraction limit = longest.min(capacity().plus(Fraction.of(maxDebt)));
    Fraction before = missing;
    missing = before.max(before.plus(Fraction.of(cost)).min(limit));
    return Fraction.of(cost).minus(missing.minus(before)).ceiling();
  }

  /**
   * The margin of a hit: the tokens that it leaves or lacks, as the time in which they refill. This
   * is a whole number of nanoseconds.
   */
  public long margin(long cost) {
    if (canNever(cost)) {
      return Margin.NEVER;
    }
    Fraction time = timeOf(tokens().minus(Fraction.of(cost)));
    if (!time.denominator().equals(BigInteger.ONE)) {
      throw new IllegalStateException("not a whole number of nanoseconds: " + time);
    }
    return time.numerator().longValueExact();
  }

  /**
   * The margin of a hit of a rate to which this bucket cannot change: the bucket refills at its
   * present speed until the hit is granted.
   */
  long marginOfUnrepresentable(Rate reader, long cost, long patience) {
    if (cost > reader.capacity()) {
      return Margin.NEVER;
    }
    Fraction affordable =
        Fraction.of(reader.capacity() - cost).plus(Fraction.of(patience).times(applied(reader)));
    BigInteger wait = timeOf(missing.minus(affordable)).ceiling();
    return wait.negate()
        .subtract(BigInteger.valueOf(patience))
        .max(BigInteger.valueOf(-Margin.MAX_NANOS))
        .longValueExact();
  }

  @Override
  public String toString() {
    return tokens() + " of " + rate + " at " + now;
  }
}

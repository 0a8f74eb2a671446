package io.traffik;

import io.traffik.spi.Margin;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The refill rate and capacity of a token bucket: {@code limit} tokens per {@code period}, refilled
 * continuously, up to {@code capacity} tokens.
 *
 * <p>A full bucket grants a burst of {@code capacity} tokens. In any time t it grants at most
 * {@code capacity + limit · t / period}.
 *
 * <p>A rate is stored as whole nanoseconds per token, rounded up, so that no backend grants more
 * than configured. Rounding slows a rate of r tokens per second by less than r · 10<sup>−9</sup> of
 * itself. Rates above 1,000,000 per second are rejected if rounding would slow them by 0.1 % or
 * more.
 *
 * <p>Immutable and safe for any number of threads.
 */
public final class Rate {

  /** No limit. A throttle with this rate calls no backend and sends no header fields. */
  public static final Rate UNLIMITED =
      new Rate(Long.MAX_VALUE, Duration.ofNanos(1), Long.MAX_VALUE, 0, 0);

  private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);
  private static final BigInteger NANOS_PER_TOKEN_AT_A_MILLION = BigInteger.valueOf(1_000);

  private final long limit;
  private final Duration period;
  private final long capacity;
  private final long nanosPerToken;
  private final long fillNanos;

  private Rate(long limit, Duration period, long capacity, long nanosPerToken, long fillNanos) {
    this.limit = limit;
    this.period = period;
    this.capacity = capacity;
    this.nanosPerToken = nanosPerToken;
    this.fillNanos = fillNanos;
  }

  /**
   * A rate with a capacity of one period's tokens.
   *
   * @param limit the tokens per period, at least 1
   * @param period the period, above zero
   * @return the rate
   * @throws ConfigurationException if a parameter is out of range, the bucket would take more than
   *     140 years to fill, or the rate is too fast to be stored precisely
   */
  public static Rate of(long limit, Duration period) {
    return of(limit, period, limit);
  }

  /**
   * A rate with another capacity than one period's tokens. Unlike {@link #withCapacity}, it also
   * accepts a rate whose full limit would take too long to fill.
   *
   * @param limit the tokens per period, at least 1
   * @param period the period, above zero
   * @param capacity the tokens of a full bucket, at least 1
   * @return the rate
   * @throws ConfigurationException as {@link #of(long, Duration)}
   */
  public static Rate of(long limit, Duration period, long capacity) {
    Objects.requireNonNull(period, "period must not be null");
    if (limit < 1) {
      throw new ConfigurationException(
          "limit must be at least 1: " + limit + "; for no limit, use Rate.UNLIMITED");
    }
    if (period.isNegative() || period.isZero()) {
      throw new ConfigurationException("period must be above zero: " + period);
    }
    if (capacity < 1) {
      throw new ConfigurationException("capacity must be at least 1: " + capacity);
    }
    String text = RateText.format(limit, period, capacity);
    BigInteger periodNanos =
        BigInteger.valueOf(period.getSeconds())
            .multiply(NANOS_PER_SECOND)
            .add(BigInteger.valueOf(period.getNano()));
    BigInteger tokens = BigInteger.valueOf(limit);
    BigInteger interval = periodNanos.add(tokens).subtract(BigInteger.ONE).divide(tokens);
    requirePrecision(text, periodNanos, tokens, interval);
    BigInteger fill = interval.multiply(BigInteger.valueOf(capacity));
    if (fill.compareTo(BigInteger.valueOf(Margin.MAX_NANOS)) > 0) {
      throw new ConfigurationException(
          "A bucket must fill within 140 years: " + text + "; lower the capacity or the period");
    }
    return new Rate(limit, period, capacity, interval.longValueExact(), fill.longValueExact());
  }

  private static void requirePrecision(
      String text, BigInteger periodNanos, BigInteger tokens, BigInteger interval) {
    boolean fast = periodNanos.compareTo(tokens.multiply(NANOS_PER_TOKEN_AT_A_MILLION)) < 0;
    BigInteger rounded = interval.multiply(tokens);
    BigInteger error = rounded.subtract(periodNanos);
    if (fast && error.multiply(BigInteger.valueOf(1_000)).compareTo(rounded) >= 0) {
      throw new ConfigurationException(
          "A rate above 1000000 per second must be within 0.1 % of whole nanoseconds per token: "
              + text
              + "; count coarser tokens, for example KiB instead of bytes");
    }
  }

  /**
   * A rate per second.
   *
   * @param limit the number of tokens, at least 1
   * @return the rate
   * @throws ConfigurationException as {@link #of(long, Duration)}
   */
  public static Rate perSecond(long limit) {
    return of(limit, Duration.ofSeconds(1));
  }

  /**
   * A rate per minute.
   *
   * @param limit the number of tokens, at least 1
   * @return the rate
   * @throws ConfigurationException as {@link #of(long, Duration)}
   */
  public static Rate perMinute(long limit) {
    return of(limit, Duration.ofMinutes(1));
  }

  /**
   * A rate per hour.
   *
   * @param limit the number of tokens, at least 1
   * @return the rate
   * @throws ConfigurationException as {@link #of(long, Duration)}
   */
  public static Rate perHour(long limit) {
    return of(limit, Duration.ofHours(1));
  }

  /**
   * A rate per day of 24 hours.
   *
   * @param limit the number of tokens, at least 1
   * @return the rate
   * @throws ConfigurationException as {@link #of(long, Duration)}
   */
  public static Rate perDay(long limit) {
    return of(limit, Duration.ofDays(1));
  }

  /**
   * Parses a rate: a whole number, {@code /} or {@code per}, and a period.
   *
   * <ul>
   *   <li>The period may be a unit: {@code 100/min}, {@code 5/s}, {@code 100 per minute}.
   *   <li>It may be amounts with units, in any order: {@code 10/30s}, {@code 200/500ms}, {@code
   *       100/1h5m30s}. They are added up, and a unit may be repeated.
   *   <li>It may be an ISO 8601 duration: {@code 1/PT0.0015S}.
   *   <li>A capacity other than the limit may follow: {@code 100/min (capacity 20)}.
   *   <li>{@code unlimited} is {@link #UNLIMITED}.
   * </ul>
   *
   * <p>Units are {@code ms}, {@code s}, {@code min} or {@code m}, {@code h} and {@code d}, or their
   * full names. Case does not matter.
   *
   * @param text the text, not null
   * @return the rate
   * @throws ConfigurationException if the text has another form or a number is out of range
   */
  public static Rate parse(String text) {
    return RateText.parse(Objects.requireNonNull(text, "rate must not be null"));
  }

  /**
   * Returns this rate with another capacity. A smaller one smooths bursts; a larger one allows
   * them.
   *
   * @param capacity the tokens of a full bucket, at least 1
   * @return the rate
   * @throws ConfigurationException if the capacity is out of range, or the rate is {@link
   *     #UNLIMITED}
   */
  public Rate withCapacity(long capacity) {
    if (isUnlimited()) {
      throw new ConfigurationException("An unlimited rate has no capacity: " + capacity);
    }
    return of(limit, period, capacity);
  }

  /**
   * The tokens that refill per {@link #period()}.
   *
   * @return at least 1
   */
  public long limit() {
    return limit;
  }

  /**
   * The time in which {@link #limit()} tokens refill.
   *
   * @return above zero
   */
  public Duration period() {
    return period;
  }

  /**
   * The tokens of a full bucket.
   *
   * @return at least 1
   */
  public long capacity() {
    return capacity;
  }

  /**
   * The time in which one token refills. Backends use it.
   *
   * @return nanoseconds, rounded up; 0 if unlimited
   */
  public long nanosPerToken() {
    return nanosPerToken;
  }

  /**
   * The time in which an empty bucket fills: the capacity times {@link #nanosPerToken()}. Backends
   * use it.
   *
   * @return nanoseconds, at most 140 years; 0 if unlimited
   */
  public long fillNanos() {
    return fillNanos;
  }

  /**
   * Whether this is {@link #UNLIMITED}.
   *
   * @return true if there is no limit
   */
  public boolean isUnlimited() {
    return nanosPerToken == 0;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Rate that
        && limit == that.limit
        && capacity == that.capacity
        && period.equals(that.period);
  }

  @Override
  public int hashCode() {
    // Not Objects.hash, which allocates an array: stores look up rates without garbage.
    return (31 * Long.hashCode(limit) + period.hashCode()) * 31 + Long.hashCode(capacity);
  }

  /** Returns a text that {@link #parse} accepts. */
  @Override
  public String toString() {
    return isUnlimited() ? "unlimited" : RateText.format(limit, period, capacity);
  }
}

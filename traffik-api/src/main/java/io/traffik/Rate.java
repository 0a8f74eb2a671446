package io.traffik;

import io.traffik.spi.Margin;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How fast a token bucket refills and how much it holds: {@code limit} tokens per {@code period},
 * refilled continuously, with room for {@code capacity} tokens.
 *
 * <p>A full bucket grants a burst of {@code capacity} at once, and over any span t at most {@code
 * capacity + limit · t / period}.
 *
 * <p>A rate is kept as a whole number of nanoseconds per token, rounded up, so that no backend ever
 * grants more than was asked for. The rounding slows a rate of r tokens per second by less than r
 * billionths of itself; rates above 1,000,000 per second are refused where that would be 0.1 % or
 * more.
 *
 * <p>Immutable and safe for any number of threads.
 */
public final class Rate {

  /** No limit at all. A throttle with this rate asks no backend and sends no header fields. */
  public static final Rate UNLIMITED =
      new Rate(Long.MAX_VALUE, Duration.ofNanos(1), Long.MAX_VALUE, 0, 0);

  private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);
  private static final BigInteger NANOS_AT_A_MILLION_PER_SECOND = BigInteger.valueOf(1_000);

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
   * A rate whose bucket holds the tokens of one period.
   *
   * @param limit tokens per period, at least 1
   * @param period above zero
   * @return the rate
   * @throws ConfigurationException if a number is out of range, the bucket would take more than 140
   *     years to fill, or the rate is too fast to be kept exactly enough
   */
  public static Rate of(long limit, Duration period) {
    return of(limit, period, limit);
  }

  private static Rate of(long limit, Duration period, long capacity) {
    Objects.requireNonNull(period, "period must not be null");
    if (limit < 1) {
      throw new ConfigurationException(
          "limit must be at least 1: " + limit + "; Rate.UNLIMITED says that there is no limit");
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
    requireExactEnough(text, periodNanos, tokens, interval);
    BigInteger fill = interval.multiply(BigInteger.valueOf(capacity));
    if (fill.compareTo(BigInteger.valueOf(Margin.MAX_NANOS)) > 0) {
      throw new ConfigurationException(
          "a bucket must fill within 140 years: " + text + "; lower the capacity or the period");
    }
    return new Rate(limit, period, capacity, interval.longValueExact(), fill.longValueExact());
  }

  private static void requireExactEnough(
      String text, BigInteger periodNanos, BigInteger tokens, BigInteger interval) {
    boolean fast = periodNanos.compareTo(tokens.multiply(NANOS_AT_A_MILLION_PER_SECOND)) < 0;
    BigInteger kept = interval.multiply(tokens);
    BigInteger slowedBy = kept.subtract(periodNanos);
    if (fast && slowedBy.multiply(BigInteger.valueOf(1_000)).compareTo(kept) >= 0) {
      throw new ConfigurationException(
          "a rate above 1000000 per second must be a whole number of nanoseconds per token to within"
              + " 0.1 %: "
              + text
              + "; count in a coarser token (KiB instead of bytes, say)");
    }
  }

  /**
   * Tokens per second.
   *
   * @param limit at least 1
   * @return the rate
   * @throws ConfigurationException as {@link #of(long, Duration)}
   */
  public static Rate perSecond(long limit) {
    return of(limit, Duration.ofSeconds(1));
  }

  /**
   * Tokens per minute.
   *
   * @param limit at least 1
   * @return the rate
   * @throws ConfigurationException as {@link #of(long, Duration)}
   */
  public static Rate perMinute(long limit) {
    return of(limit, Duration.ofMinutes(1));
  }

  /**
   * Tokens per hour.
   *
   * @param limit at least 1
   * @return the rate
   * @throws ConfigurationException as {@link #of(long, Duration)}
   */
  public static Rate perHour(long limit) {
    return of(limit, Duration.ofHours(1));
  }

  /**
   * Tokens per day of 24 hours.
   *
   * @param limit at least 1
   * @return the rate
   * @throws ConfigurationException as {@link #of(long, Duration)}
   */
  public static Rate perDay(long limit) {
    return of(limit, Duration.ofDays(1));
  }

  /**
   * Reads a rate: a whole number, {@code /} or {@code per}, and a period. The period is a unit
   * ({@code 100/min}, {@code 5/s}, {@code 100 per minute}) or amounts with units ({@code 10/30s},
   * {@code 200/500ms}, {@code 100/1h5m30s}), which are added up in whatever order and however often
   * they come. Units are {@code ms}, {@code s}, {@code min} or {@code m}, {@code h} and {@code d},
   * or their names in full; case does not matter. A period may also be that of ISO 8601 ({@code
   * 1/PT0.0015S}), and the capacity may follow, where it is not to be the limit ({@code 100/min
   * (capacity 20)}). {@code unlimited} is {@link #UNLIMITED}.
   *
   * @param text the rate
   * @return the rate; unless the text says otherwise, its capacity is the limit
   * @throws ConfigurationException if the text does not read so or a number is out of range
   */
  public static Rate parse(String text) {
    return RateText.parse(Objects.requireNonNull(text, "rate must not be null"));
  }

  /**
   * This rate with another bucket size: less than the limit to smooth bursts, more to allow them.
   *
   * @param capacity tokens that a full bucket holds, at least 1
   * @return the rate
   * @throws ConfigurationException if the capacity is out of range, or the rate is {@link
   *     #UNLIMITED}
   */
  public Rate withCapacity(long capacity) {
    if (isUnlimited()) {
      throw new ConfigurationException("an unlimited rate has no capacity: " + capacity);
    }
    return of(limit, period, capacity);
  }

  /**
   * Tokens per period.
   *
   * @return at least 1
   */
  public long limit() {
    return limit;
  }

  /**
   * The time in which the limit refills.
   *
   * @return above zero
   */
  public Duration period() {
    return period;
  }

  /**
   * Tokens that a full bucket holds.
   *
   * @return at least 1
   */
  public long capacity() {
    return capacity;
  }

  /**
   * The time in which one token refills, for backends.
   *
   * @return nanoseconds, rounded up; 0 if unlimited
   */
  public long nanosPerToken() {
    return nanosPerToken;
  }

  /**
   * The time in which an empty bucket fills, for backends: capacity times {@link #nanosPerToken()}.
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
    return Objects.hash(limit, period, capacity);
  }

  /** The rate as {@link #parse} reads it. */
  @Override
  public String toString() {
    return isUnlimited() ? "unlimited" : RateText.format(limit, period, capacity);
  }
}

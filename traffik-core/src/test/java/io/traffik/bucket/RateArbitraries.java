package io.traffik.bucket;

import io.traffik.ConfigurationException;
import io.traffik.Rate;
import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Random rates: common ones, and others from the whole range of {@link Rate}. */
public final class RateArbitraries {

  /** 140 years of 365.25 days, the longest time that a bucket may take to fill. */
  private static final Duration LONGEST_FILL = Duration.ofDays(51_135);

  private static final long LONGEST = LONGEST_FILL.toNanos();

  private RateArbitraries() {}

  public static Arbitrary<Rate> any() {
    return Arbitraries.oneOf(everyday(), anyInterval(), extremes());
  }

  /** Up to 1,000 tokens per common period, half of them with a different, small capacity. */
  public static Arbitrary<Rate> everyday() {
    Arbitrary<Duration> periods =
        Arbitraries.of(
            Duration.ofMillis(7),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            Duration.ofHours(1),
            Duration.ofDays(1));
    return Combinators.combine(
            Arbitraries.longs().between(1, 1_000), periods, Arbitraries.longs().between(1, 50))
        .as(
            (limit, period, capacity) ->
                capacity % 2 == 0
                    ? Rate.of(limit, period)
                    : Rate.of(limit, period).withCapacity(capacity));
  }

  /** Intervals, limits and capacities of every magnitude, with every rounding of P/L. */
  private static Arbitrary<Rate> anyInterval() {
    return Combinators.combine(
            magnitudes(), magnitudes(), magnitudes(), Arbitraries.integers().between(1, 4))
        .as(RateArbitraries::fitted);
  }

  private static Rate fitted(long anInterval, long aLimit, long aCapacity, int rounding) {
    long interval = Math.min(anInterval, LONGEST);
    long limit = Math.min(aLimit, LONGEST / interval);
    long capacity = Math.min(aCapacity, LONGEST / interval);
    Duration exact = Duration.ofNanos(interval * limit);
    try {
      return Rate.of(limit, exact.minusNanos((limit - 1) / rounding)).withCapacity(capacity);
    } catch (ConfigurationException e) {
      // More than 1,000,000 per second, and rounded by too much.
      return Rate.of(limit, exact).withCapacity(capacity);
    }
  }

  private static Arbitrary<Long> magnitudes() {
    return Arbitraries.integers()
        .between(1, Long.SIZE - 1)
        .flatMap(bits -> Arbitraries.longs().between(1L << (bits - 1), (1L << bits) - 1));
  }

  private static Arbitrary<Rate> extremes() {
    return Arbitraries.of(
        Rate.of(1, LONGEST_FILL),
        Rate.of(LONGEST, LONGEST_FILL),
        Rate.of(3, LONGEST_FILL.minusNanos(2)).withCapacity(1),
        Rate.perSecond(1_000_000),
        Rate.perSecond(1_000_000).withCapacity(1),
        Rate.perSecond(1_000_000).withCapacity(LONGEST / 1_000),
        Rate.perSecond(999_999),
        Rate.perSecond(1_000_000_000).withCapacity(LONGEST),
        Rate.of(1, Duration.ofNanos(1)));
  }
}

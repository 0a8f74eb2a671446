package io.traffik.tck.backend;

import io.traffik.ConfigurationException;
import io.traffik.Rate;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A random generator that repeats its choices for the same seed. The kit generates its histories
 * itself, so that authors of backends need no test engine in addition to JUnit's.
 */
final class SeededRandom {

  /** 140 years, the longest time in which a bucket may fill. */
  private static final Duration LONGEST_FILL = Duration.ofDays(51_135);

  private static final long LONGEST = LONGEST_FILL.toNanos();

  private static final List<Duration> PERIODS =
      List.of(
          Duration.ofMillis(7),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          Duration.ofDays(1));

  private static final List<Duration> BRIEF_PERIODS =
      List.of(Duration.ofMillis(3), Duration.ofMillis(20), Duration.ofMillis(300));

  private static final List<Rate> EXTREMES =
      List.of(
          Rate.of(1, LONGEST_FILL),
          Rate.of(LONGEST, LONGEST_FILL),
          Rate.of(3, LONGEST_FILL.minusNanos(2)).withCapacity(1),
          Rate.perSecond(1_000_000),
          Rate.perSecond(1_000_000).withCapacity(1),
          Rate.perSecond(1_000_000).withCapacity(LONGEST / 1_000),
          Rate.perSecond(999_999),
          Rate.perSecond(1_000_000_000),
          Rate.of(1, Duration.ofNanos(1)));

  private static final long LARGEST_COARSE = 1_000_000_000;

  private final SplittableRandom random;

  SeededRandom(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A number from the first to the last, inclusive. */
  long between(long first, long last) {
    return random.nextLong(first, last + 1);
  }

  int between(int first, int last) {
    return random.nextInt(first, last + 1);
  }

  <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** A random rate; in simulated time also one that is too fast or too slow to observe. */
  Rate rate(TestTime time) {
    if (time instanceof RealTime) {
      return commonRate(between(1, 20), BRIEF_PERIODS);
    }
    Rate rate =
        switch (between(0, 5)) {
          case 0, 1, 2 -> commonRate(between(1, 1_000), PERIODS);
          case 3, 4 -> rateOfAnyMagnitude();
          default -> oneOf(EXTREMES);
        };
    // A backend that rounds may not support larger capacities.
    return time.clockResolution() > 1 && rate.capacity() > LARGEST_COARSE ? rate(time) : rate;
  }

  private Rate commonRate(long limit, List<Duration> periods) {
    Rate rate = Rate.of(limit, oneOf(periods));
    return between(0, 1) == 0 ? rate : rate.withCapacity(between(1, 50));
  }

  /** A rate whose period need not be a multiple of its limit. */
  private Rate rateOfAnyMagnitude() {
    long interval = Math.min(magnitude(), LONGEST);
    long limit = Math.min(magnitude(), LONGEST / interval);
    long capacity = Math.min(magnitude(), LONGEST / interval);
    Duration exact = Duration.ofNanos(interval * limit);
    try {
      return Rate.of(limit, exact.minusNanos((limit - 1) / between(1, 4))).withCapacity(capacity);
    } catch (ConfigurationException e) {
      // The rate is too fast, and its rounding error exceeds the allowed one.
      return Rate.of(limit, exact).withCapacity(capacity);
    }
  }

  private long magnitude() {
    int bits = between(1, Long.SIZE - 2);
    return between(1L << (bits - 1), (1L << bits) - 1);
  }
}

package io.traffik.jmh.workload;

import java.time.Duration;

/**
 * The limit per client of a run, which each contender expresses in its own terms.
 *
 * @param capacity tokens that a client may take at once
 * @param perToken time in which one token refills
 */
public record BenchmarkLimit(long capacity, Duration perToken) {

  /**
   * Allows every hit of a run. The fastest contender needs half an hour to empty one bucket. A
   * bucket that is half empty does not refill during a run, so no contender may forget it.
   */
  public static final BenchmarkLimit ALWAYS_ALLOWED =
      new BenchmarkLimit(4_000_000_000L, Duration.ofSeconds(1));

  /** Denies every hit of a run but the first of each client. */
  public static final BenchmarkLimit ALLOWED_ONCE = new BenchmarkLimit(1, Duration.ofDays(1));

  public static final BenchmarkLimit HUNDRED_PER_MINUTE =
      new BenchmarkLimit(100, Duration.ofMillis(600));

  /** A hundred per day; no token refills during a run. */
  public static final BenchmarkLimit HUNDRED_PER_DAY =
      new BenchmarkLimit(100, Duration.ofSeconds(864));

  /** Returns the time in which an empty bucket refills. */
  public Duration fill() {
    return perToken.multipliedBy(capacity);
  }

  /** Returns the capacity, cut to the range of {@code int}. */
  public int intCapacity() {
    return (int) Math.min(capacity, Integer.MAX_VALUE);
  }
}

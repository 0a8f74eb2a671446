package io.traffik.jmh.workload;

import java.time.Duration;

/**
 * What a client is held to, told to each contender in its own terms.
 *
 * @param capacity tokens that a client may take at once
 * @param perToken the time in which one token comes back
 */
public record BenchmarkLimit(long capacity, Duration perToken) {

  /**
   * Grants every hit of a run. The capacity is more than the fastest contender can take in half an
   * hour on one key; a token takes so long to come back that a bucket that is half empty does not
   * fill up during a run, so that no contender may forget it.
   */
  public static final BenchmarkLimit ALWAYS_ALLOWED =
      new BenchmarkLimit(4_000_000_000L, Duration.ofSeconds(1));

  /** Denies every hit of a run but the first of a client. */
  public static final BenchmarkLimit ALLOWED_ONCE = new BenchmarkLimit(1, Duration.ofDays(1));

  /** An ordinary limit: 100 a minute. */
  public static final BenchmarkLimit HUNDRED_PER_MINUTE =
      new BenchmarkLimit(100, Duration.ofMillis(600));

  /** 100 a day: what is taken does not come back during a run. */
  public static final BenchmarkLimit HUNDRED_PER_DAY =
      new BenchmarkLimit(100, Duration.ofSeconds(864));

  /** The time in which an empty bucket fills. */
  public Duration fill() {
    return perToken.multipliedBy(capacity);
  }

  /** The capacity for contenders that count in {@code int}. */
  public int intCapacity() {
    return (int) Math.min(capacity, Integer.MAX_VALUE);
  }
}

package io.traffik.jmh;

import java.time.Duration;

/**
 * What a client is held to, told to each contender in its own terms.
 *
 * @param capacity tokens that a client may take at once
 * @param perToken the time in which one token comes back
 */
record Limit(long capacity, Duration perToken) {

  /**
   * Grants every hit of a run. The capacity is more than the fastest contender can take in half an
   * hour on one key; a token takes so long to come back that a bucket that is half empty does not
   * fill up during a run, so that no contender may forget it.
   */
  static final Limit PLENTY = new Limit(4_000_000_000L, Duration.ofSeconds(1));

  /** Denies every hit of a run but the first of a client. */
  static final Limit SCARCE = new Limit(1, Duration.ofDays(1));

  /** An ordinary limit: 100 a minute. */
  static final Limit ORDINARY = new Limit(100, Duration.ofMillis(600));

  /** 100 a day: what is taken does not come back during a run. */
  static final Limit DAILY = new Limit(100, Duration.ofSeconds(864));

  /** The time in which an empty bucket fills. */
  Duration fill() {
    return perToken.multipliedBy(capacity);
  }

  /** The capacity for contenders that count in {@code int}. */
  int intCapacity() {
    return (int) Math.min(capacity, Integer.MAX_VALUE);
  }
}

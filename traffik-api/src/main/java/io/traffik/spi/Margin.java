package io.traffik.spi;

import io.traffik.Rate;
import java.time.Duration;

/**
 * The answer of one rate to a hit, as a signed number of nanoseconds.
 *
 * <ul>
 *   <li>If the margin is at least zero, the tokens are there. The margin is the level of the bucket
 *       after the hit, as the time in which that many tokens refill.
 *   <li>If the margin is negative, tokens are missing. The magnitude is the time after which they
 *       are there. A hit whose patience is at least as long is granted, and proceeds after it.
 * </ul>
 *
 * <p>A margin divided by {@link Rate#nanosPerToken()} is a number of tokens. With several rates, a
 * hit is granted if every rate grants it ({@link BackendCall#isGranted}). Each margin is the answer
 * of its rate alone.
 *
 * <p>A primitive number lets a backend answer without garbage. Magnitudes are at most 140 years,
 * below 2<sup>62</sup>. The spare bit marks a margin as degraded: a wrapper decided without the
 * backend that it wraps, for example because its store could not be reached.
 */
public final class Margin {

  private static final long YEAR_HOURS = 8_766;

  /**
   * The largest magnitude of a margin, in nanoseconds: 140 years of 365.25 days, the longest time
   * that a bucket may take to fill.
   */
  public static final long MAX_NANOS = Duration.ofHours(140L * YEAR_HOURS).toNanos();

  /**
   * The margin of a cost above the capacity, which can never be granted. It is smaller than every
   * margin that states a time.
   */
  public static final long NEVER = -(1L << 62) + (1L << 56);

  private static final long DEGRADED = 1L << 62;

  private Margin() {}

  /**
   * Marks a margin as degraded. A marked margin stays the same.
   *
   * @param margin a margin, marked or not
   * @return the marked margin
   */
  public static long degraded(long margin) {
    return isDegraded(margin) ? margin : margin ^ DEGRADED;
  }

  /**
   * Whether a margin is marked as degraded.
   *
   * @param margin a margin, marked or not
   * @return true if it is marked
   */
  public static boolean isDegraded(long margin) {
    // In an unmarked margin, bit 62 equals the sign.
    return (margin ^ (margin << 1)) < 0;
  }

  /**
   * The nanoseconds of a margin, without the mark.
   *
   * @param margin a margin, marked or not
   * @return nanoseconds; negative if tokens are missing
   */
  public static long nanos(long margin) {
    return isDegraded(margin) ? margin ^ DEGRADED : margin;
  }
}

package io.traffik.spi;

import io.traffik.Rate;
import java.time.Duration;
import java.util.Objects;

/**
 * The answer of one rate to a hit, as a signed number of nanoseconds that a backend can return
 * without garbage.
 *
 * <ul>
 *   <li>At or above zero, the rate grants the hit; the margin is what the bucket then holds, as the
 *       time in which that much refills.
 *   <li>Below zero, the rate denies it; the magnitude is the wait after which the same hit passes.
 * </ul>
 *
 * <p>Divided by {@link Rate#nanosPerToken()} a margin counts tokens. With several rates a hit is
 * granted if no margin is negative. A margin says how its rate alone would answer, whatever the
 * others say.
 *
 * <p>Magnitudes are at most 140 years, below 2<sup>62</sup>, which leaves one bit to mark an answer
 * as degraded: given by a stand-in while the backend in charge was out of reach.
 */
public final class Margin {

  private static final long YEAR_HOURS = 8_766;

  /**
   * The largest magnitude of a margin, in nanoseconds: 140 years of 365.25 days, the longest time
   * that a bucket may take to fill.
   */
  public static final long MAX_NANOS = Duration.ofHours(140L * YEAR_HOURS).toNanos();

  /**
   * The margin of a cost above the capacity, which no wait makes room for. It is below every margin
   * that states a wait.
   */
  public static final long NEVER = -(1L << 62) + (1L << 56);

  private static final long DEGRADED = 1L << 62;

  private Margin() {}

  /**
   * Marks an answer as given by a stand-in. Marking twice is the same as once.
   *
   * @param margin a margin, marked or not
   * @return the margin, marked
   */
  public static long degraded(long margin) {
    return isDegraded(margin) ? margin : margin ^ DEGRADED;
  }

  /**
   * Whether an answer was given by a stand-in.
   *
   * @param margin a margin, marked or not
   * @return true if it is marked
   */
  public static boolean isDegraded(long margin) {
    // In every unmarked margin the bit repeats the sign.
    return (margin ^ (margin << 1)) < 0;
  }

  /**
   * The nanoseconds of a margin, without the mark.
   *
   * @param margin a margin, marked or not
   * @return nanoseconds; below zero if the rate denies
   */
  public static long nanos(long margin) {
    return isDegraded(margin) ? margin ^ DEGRADED : margin;
  }

  /**
   * Whether the rate grants the hit.
   *
   * @param margin a margin, marked or not
   * @return true if it is not negative
   */
  public static boolean isGranted(long margin) {
    return margin >= 0;
  }

  /**
   * Whether all rates grant the hit.
   *
   * @param margins one margin per rate, marked or not; not null
   * @return true if none is negative
   */
  public static boolean areGranted(long[] margins) {
    for (long margin : Objects.requireNonNull(margins, "margins must not be null")) {
      if (margin < 0) {
        return false;
      }
    }
    return true;
  }
}

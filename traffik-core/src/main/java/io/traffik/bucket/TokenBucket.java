package io.traffik.bucket;

import io.traffik.Rate;
import io.traffik.spi.Margin;

/**
 * The arithmetic of one token bucket, as pure functions over {@code long}.
 *
 * <p>The state of a bucket is one instant: the time at which it will be full again. This is the
 * theoretical arrival time of the generic cell rate algorithm (ITU-T I.371, annex A). A bucket is
 * full if this instant has passed or is absent. Refilling therefore needs no work and no second
 * number:
 *
 * <pre>
 *   missing   = fullAt − now
 *   available = fill − missing
 *   margin    = available − cost · interval
 * </pre>
 *
 * <p>All times are nanoseconds of one monotonic clock, from 0 to 2<sup>62</sup>. No sum overflows,
 * because {@link Rate#fillNanos()} is below 2<sup>62</sup> as well. Only {@link
 * Rate#nanosPerToken()} is rounded, in favour of the limit.
 *
 * <p>A decision has two steps, so that several rates can be decided together. {@link #carried} and
 * {@link #margin} evaluate the bucket; {@link #afterHit} and {@link #afterRefund} compute the state
 * to write.
 */
public final class TokenBucket {

  /** The state of a bucket that was never hit. Every instant up to the present means the same. */
  public static final long FULL = Long.MIN_VALUE;

  private TokenBucket() {}

  /**
   * Limits a stored state to the present and the current rate. A passed instant becomes the
   * present. After a change of the rate, at most the new capacity is missing. If the result is
   * earlier than the stored instant, it must be stored; otherwise the bucket refills no earlier
   * than by the old rate.
   *
   * @param fullAt the stored instant, or {@link #FULL}
   * @param now the present
   * @param rate the current rate
   * @return an instant from now to now + {@link Rate#fillNanos()}
   */
  public static long carried(long fullAt, long now, Rate rate) {
    return Math.min(Math.max(fullAt, now), now + rate.fillNanos());
  }

  /**
   * Returns what a hit would leave in the bucket, or what the bucket lacks for it.
   *
   * @param carried the result of {@link #carried}
   * @param now the same present
   * @param rate the same rate
   * @param cost tokens, at least 0
   * @return nanoseconds of refilling: if not negative, the hit is granted and leaves that amount;
   *     if negative, the same hit is granted after exactly that wait; {@link Margin#NEVER} if the
   *     cost exceeds the capacity
   */
  public static long margin(long carried, long now, Rate rate, long cost) {
    // This test comes first because the product below could overflow without it.
    if (cost > rate.capacity()) {
      return Margin.NEVER;
    }
    return rate.fillNanos() - (carried - now) - cost * rate.nanosPerToken();
  }

  /**
   * Returns the state after a granted hit.
   *
   * @param carried the result of {@link #carried}
   * @param rate the same rate
   * @param cost the granted tokens
   * @return the instant at which the bucket is full again
   */
  public static long afterHit(long carried, Rate rate, long cost) {
    return carried + cost * rate.nanosPerToken();
  }

  /**
   * Returns the state after a refund, which never exceeds the capacity.
   *
   * @param carried the result of {@link #carried}
   * @param now the same present
   * @param rate the same rate
   * @param cost tokens, at least 0
   * @return the instant at which the bucket is full again, at least now
   */
  public static long afterRefund(long carried, long now, Rate rate, long cost) {
    return cost >= rate.capacity() ? now : Math.max(now, carried - cost * rate.nanosPerToken());
  }
}

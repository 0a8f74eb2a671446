package io.traffik.bucket;

import io.traffik.Rate;
import io.traffik.spi.Margin;

/**
 * The arithmetic of one token bucket, as pure functions over {@code long}.
 *
 * <p>The whole state of a bucket is one instant: when it will be full again, the theoretical
 * arrival time of the generic cell rate algorithm (ITU-T I.371, annex A). It is absent, or not
 * after now, if the bucket is full. What is missing is the time until then, so refilling needs no
 * work and no second number:
 *
 * <pre>
 *   missing = fullAt − now          held = fill − missing          margin = held − cost · interval
 * </pre>
 *
 * <p>All times are nanoseconds of one steady clock between 0 and 2<sup>62</sup>; with {@link
 * Rate#fillNanos()} below 2<sup>62</sup> no sum here overflows. Nothing rounds: the only rounding
 * is that of {@link Rate#nanosPerToken()}, which is against the client.
 *
 * <p>A bucket is decided in two steps, so that several rates can be decided together: {@link
 * #carried} and {@link #margin} read, {@link #afterHit} and {@link #afterRefund} give the state to
 * write.
 */
public final class TokenBucket {

  /** The state of a bucket that was never hit. Any instant that is not after now means the same. */
  public static final long FULL = Long.MIN_VALUE;

  private TokenBucket() {}

  /**
   * The state as it counts now: full if its instant has passed, and at most the capacity missing if
   * the rate has changed since. Where this is less than the stored instant, it must be stored, or
   * the bucket would not refill until the old rate's time.
   *
   * @param fullAt the stored instant, or {@link #FULL}
   * @param now the present
   * @param rate the rate that holds now
   * @return an instant from now to now + {@link Rate#fillNanos()}
   */
  public static long carried(long fullAt, long now, Rate rate) {
    return Math.min(Math.max(fullAt, now), now + rate.fillNanos());
  }

  /**
   * What a bucket would hold after a hit, or lacks for it.
   *
   * @param carried the state by {@link #carried}
   * @param now the same present
   * @param rate the same rate
   * @param cost tokens, at least 0
   * @return nanoseconds: at or above zero, the hit is granted and leaves this much; below zero, the
   *     same hit is granted after exactly that wait; {@link Margin#NEVER} if it cannot fit
   */
  public static long margin(long carried, long now, Rate rate, long cost) {
    // Asked first, because the product below could overflow otherwise.
    if (cost > rate.capacity()) {
      return Margin.NEVER;
    }
    return rate.fillNanos() - (carried - now) - cost * rate.nanosPerToken();
  }

  /**
   * The state after a hit was granted.
   *
   * @param carried the state by {@link #carried}
   * @param rate the same rate
   * @param cost tokens, as granted
   * @return the instant at which the bucket is full again
   */
  public static long afterHit(long carried, Rate rate, long cost) {
    return carried + cost * rate.nanosPerToken();
  }

  /**
   * The state after tokens were given back, never above the capacity.
   *
   * @param carried the state by {@link #carried}
   * @param now the same present
   * @param rate the same rate
   * @param cost tokens, at least 0
   * @return the instant at which the bucket is full again, at least now
   */
  public static long afterRefund(long carried, long now, Rate rate, long cost) {
    return cost >= rate.capacity() ? now : Math.max(now, carried - cost * rate.nanosPerToken());
  }
}

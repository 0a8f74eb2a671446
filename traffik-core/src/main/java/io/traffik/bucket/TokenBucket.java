package io.traffik.bucket;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.Margin;
import java.math.BigInteger;

/**
 * The arithmetic of one token bucket, as pure functions over {@code long}.
 *
 * <p>The state of a bucket is one instant, {@code fullAt}: the time at which the bucket is full
 * again, known as the theoretical arrival time of the generic cell rate algorithm (ITU-T I.371,
 * annex A). The debt is the time until then. A bucket whose instant has passed is full.
 *
 * <pre>
 *   debt = fullAt − now          held = fill − debt          margin = held − cost · interval
 * </pre>
 *
 * <p>A debt may exceed the capacity: reservations and settlements take tokens that have not been
 * refilled yet. The patience of a hit and the time to fill must not exceed 140 years together
 * ({@link Margin#MAX_NANOS}), so that no debt does. No function forgives a debt.
 *
 * <p>The instant depends on the speed of refilling. A rate with another speed converts the debt
 * with {@link #carried} first, so that the number of missing tokens stays the same. The result is
 * rounded up to whole nanoseconds; nothing else here rounds.
 *
 * <p>All times are nanoseconds of one steady clock from 0 to 2<sup>62</sup>. Several rates are
 * decided together, so a decision takes two steps. {@link #grants} and {@link #margin} read all
 * states; {@link #after} computes the states to write.
 */
public final class TokenBucket {

  /** The state of a bucket that was never hit. Any instant that is not after now means the same. */
  public static final long FULL = Long.MIN_VALUE;

  /** The result of {@link #carried} for a debt that exceeds 140 years at the new speed. */
  public static final long UNREPRESENTABLE = Long.MAX_VALUE;

  private TokenBucket() {}

  /**
   * Converts the state of a bucket to the speed of a rate. Missing tokens stay missing.
   *
   * @param fullAt the stored instant, or {@link #FULL}
   * @param interval the {@link Rate#nanosPerToken()} that the instant was written with, at least 1;
   *     any number for a full bucket
   * @param now the present
   * @param rate the rate that decides now
   * @return an instant from now on; {@link #UNREPRESENTABLE} if the debt would exceed 140 years
   */
  public static long carried(long fullAt, long interval, long now, Rate rate) {
    if (fullAt <= now) {
      return now;
    }
    if (interval == rate.nanosPerToken()) {
      return fullAt;
    }
    long debt = scaled(fullAt - now, rate.nanosPerToken(), interval, true);
    return debt > Margin.MAX_NANOS ? UNREPRESENTABLE : now + debt;
  }

  /** value · factor / divisor, at most {@link Long#MAX_VALUE}; in full precision. */
  private static long scaled(long value, long factor, long divisor, boolean roundUp) {
    BigInteger[] parts =
        BigInteger.valueOf(value)
            .multiply(BigInteger.valueOf(factor))
            .divideAndRemainder(BigInteger.valueOf(divisor));
    BigInteger quotient =
        roundUp && parts[1].signum() > 0 ? parts[0].add(BigInteger.ONE) : parts[0];
    return quotient.bitLength() < Long.SIZE ? quotient.longValue() : Long.MAX_VALUE;
  }

  /**
   * The margin of a hit: the time in which as many tokens refill as the bucket would hold after it,
   * or lacks for it.
   *
   * @param carried the state by {@link #carried}, not {@link #UNREPRESENTABLE}
   * @param now the same present
   * @param rate the same rate
   * @param cost tokens, at least 0
   * @return nanoseconds: at or above zero, the tokens are there; below zero, the bucket has them
   *     after exactly that wait; {@link Margin#NEVER} if the cost exceeds the capacity
   */
  public static long margin(long carried, long now, Rate rate, long cost) {
    // First, because the product below could overflow otherwise.
    if (cost > rate.capacity()) {
      return Margin.NEVER;
    }
    return rate.fillNanos() - (carried - now) - cost * rate.nanosPerToken();
  }

  /**
   * The margin of a hit on a bucket whose debt {@link #carried} cannot represent. The hit is denied
   * and writes nothing, so the debt goes on refilling at the stored speed.
   *
   * @param fullAt the stored instant
   * @param interval the stored interval
   * @param now the present
   * @param rate the rate that decides now
   * @param cost tokens, at least 0
   * @param patience nanoseconds, at least 0
   * @return below −patience, by the wait until the same hit is granted; at least −140 years
   */
  public static long marginOfUnrepresentable(
      long fullAt, long interval, long now, Rate rate, long cost, long patience) {
    if (cost > rate.capacity()) {
      return Margin.NEVER;
    }
    long affordable = rate.fillNanos() + patience - cost * rate.nanosPerToken();
    long wait = fullAt - now - scaled(affordable, interval, rate.nanosPerToken(), false);
    return Math.max(-Margin.MAX_NANOS, -patience - wait);
  }

  /**
   * Whether a rate grants an operation. All rates of a policy must; otherwise none changes.
   *
   * <p>A hit or peek needs its tokens within the patience; one of cost 0 is always granted. A
   * reservation can be cancelled only while it is the last one. Otherwise its tokens lapse: later
   * reservations proceed as promised, and no further hit may proceed together with them (rule B13).
   * Any other refund and every settlement is granted.
   *
   * @param operation the operation
   * @param carried the state by {@link #carried}, not {@link #UNREPRESENTABLE}
   * @param now the same present
   * @param rate the same rate
   * @param cost tokens, at least 0
   * @param argument the argument of the operation
   * @return true if the rate grants it
   */
  public static boolean grants(
      Operation operation, long carried, long now, Rate rate, long cost, long argument) {
    return switch (operation) {
      case HIT, PEEK -> cost == 0 || margin(carried, now, rate, cost) >= -argument;
      case REFUND -> argument == 0 || isLastPromise(carried, now, rate, argument);
      case SETTLE -> true;
    };
  }

  /**
   * The last reservation proceeds when the debt has fallen to the capacity. A later one would have
   * added a whole token, so half a token is tolerance for the clock of the caller.
   */
  private static boolean isLastPromise(long carried, long now, Rate rate, long promised) {
    return carried - rate.fillNanos() - (now + promised) <= rate.nanosPerToken() / 2;
  }

  /**
   * The state after an operation that all rates grant.
   *
   * @param operation the operation
   * @param carried the state by {@link #carried}, not {@link #UNREPRESENTABLE}
   * @param now the same present
   * @param rate the same rate
   * @param cost tokens, at least 0
   * @param argument the argument of the operation
   * @return the instant at which the bucket is full again, at least now
   */
  public static long after(
      Operation operation, long carried, long now, Rate rate, long cost, long argument) {
    return switch (operation) {
      case PEEK -> carried;
      case HIT -> carried + cost * rate.nanosPerToken();
      case REFUND -> Math.max(now, carried - timeOf(cost, rate));
      case SETTLE -> afterSettlement(carried, now, rate, cost, argument);
    };
  }

  private static long afterSettlement(long carried, long now, Rate rate, long cost, long maxDebt) {
    long limit = Math.min(Margin.MAX_NANOS, rate.fillNanos() + timeOf(maxDebt, rate));
    return Math.max(carried, now + Math.min(carried - now + timeOf(cost, rate), limit));
  }

  /**
   * The tokens of a settlement that a bucket could not owe.
   *
   * @param carried the state by {@link #carried}, not {@link #UNREPRESENTABLE}
   * @param now the same present
   * @param rate the same rate
   * @param cost tokens, at least 0
   * @param maxDebt tokens that the bucket may owe beyond its capacity, at least 0
   * @return tokens, at least 0, rounded up
   */
  public static long unpaid(long carried, long now, Rate rate, long cost, long maxDebt) {
    long paid = afterSettlement(carried, now, rate, cost, maxDebt) - carried;
    return cost - paid / rate.nanosPerToken();
  }

  /** The time in which some tokens refill, at most 140 years. */
  private static long timeOf(long tokens, Rate rate) {
    return tokens > Margin.MAX_NANOS / rate.nanosPerToken()
        ? Margin.MAX_NANOS
        : tokens * rate.nanosPerToken();
  }
}

package io.traffik;

import java.util.concurrent.TimeUnit;

/**
 * Outcomes that a throttle's settings decide without a backend's margin. They are encoded as
 * numbers that no margin uses: their magnitudes exceed the longest margin and stay below the bit
 * that marks degraded margins. As with margins, denials are negative.
 *
 * <p>A magnitude is 2<sup>62</sup> less 1, 2 or 3 (the cause) and less four times the seconds after
 * which to retry.
 */
final class PolicyOutcome {

  private static final long BASE = 1L << 62;

  /** A day. */
  private static final long MAX_SECONDS = 86_400;

  /** No limit applies: the client is exempt, or the throttle is unlimited or switched off. */
  static final long EXEMPT = BASE - 1;

  /** The backend failed, and the failure policy allows the hit. */
  static final long ALLOWED_ON_FAILURE = BASE - 2;

  /** The client has no identity, and the anonymous policy denies the hit. */
  static final long DENIED_ANONYMOUS = -EXEMPT;

  private static final long OVERLOAD = BASE - 3;

  private PolicyOutcome() {}

  /** The backend failed, and the failure policy denies the hit. */
  static long deniedOnFailure(long retryAfterSeconds) {
    return -(ALLOWED_ON_FAILURE - 4 * Math.min(retryAfterSeconds, MAX_SECONDS));
  }

  /** Too many calls are waiting in this process, which denies the hit whatever the policies. */
  static long deniedOnOverload(long retryAfterSeconds) {
    return -(OVERLOAD - 4 * Math.min(retryAfterSeconds, MAX_SECONDS));
  }

  /** Whether a value is one of these outcomes, as opposed to a margin. */
  static boolean isPolicyOutcome(long value) {
    // In a degraded margin, bit 62 differs from the sign; so its magnitude never matches.
    long magnitude = value < 0 ? -value : value;
    return magnitude >= OVERLOAD - 4 * MAX_SECONDS && magnitude <= EXEMPT;
  }

  /** Whether the backend did not decide, because it failed or because of overload. */
  static boolean isDegraded(long value) {
    return value == ALLOWED_ON_FAILURE || (isPolicyOutcome(value) && cause(value) != 1);
  }

  /** Whether overload denied. */
  static boolean isOverload(long value) {
    return isPolicyOutcome(value) && cause(value) == 3;
  }

  private static long cause(long outcome) {
    return (BASE - Math.abs(outcome)) & 3;
  }

  /** The time after which to retry a hit that a failure or overload denied; 0 otherwise. */
  static long retryAfterNanos(long value) {
    boolean states = value < 0 && isDegraded(value);
    return states ? TimeUnit.SECONDS.toNanos((BASE + value) >> 2) : 0;
  }
}

package io.traffik;

/**
 * Outcomes that a throttle's settings decide without a backend's margin. They are encoded as
 * numbers that no margin uses: their magnitudes exceed the longest margin and stay below the bit
 * that marks degraded margins. As with margins, denials are negative.
 */
final class PolicyOutcome {

  /** No limit applies: the client is exempt, or the throttle is unlimited or switched off. */
  static final long EXEMPT = (1L << 62) - 1;

  /** The backend failed, and the failure policy allows the hit. */
  static final long ALLOWED_ON_FAILURE = (1L << 62) - 2;

  /** The backend failed, and the failure policy denies the hit. */
  static final long DENIED_ON_FAILURE = -ALLOWED_ON_FAILURE;

  /** The client has no identity, and the anonymous policy denies the hit. */
  static final long DENIED_ANONYMOUS = -EXEMPT;

  /** Too many calls are waiting in this process, which denies the hit whatever the policies. */
  static final long DENIED_ON_OVERLOAD = -((1L << 62) - 3);

  private PolicyOutcome() {}

  /** Whether a value is one of these outcomes, as opposed to a margin. */
  static boolean isPolicyOutcome(long value) {
    // In a degraded margin, bit 62 differs from the sign; so its magnitude never matches.
    long magnitude = value < 0 ? -value : value;
    return magnitude >= -DENIED_ON_OVERLOAD && magnitude <= EXEMPT;
  }

  /** Whether the backend did not decide, because it failed or because of overload. */
  static boolean isDegraded(long value) {
    return value == ALLOWED_ON_FAILURE || value == DENIED_ON_FAILURE || value == DENIED_ON_OVERLOAD;
  }
}

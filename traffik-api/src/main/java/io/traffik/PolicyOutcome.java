package io.traffik;

/**
 * Answers to a hit that no backend gave, as numbers that no margin takes: their magnitudes lie
 * between the 140 years of the longest margin and the bit that marks degraded ones. As with
 * margins, those that let the hit pass are not negative.
 */
final class PolicyOutcome {

  /** No limit applies: the client is exempt, the throttle unlimited or switched off. */
  static final long EXEMPT = (1L << 62) - 1;

  /** The backend failed and the policy lets the hit pass. */
  static final long ALLOWED_ON_FAILURE = (1L << 62) - 2;

  /** The backend failed and the policy denies the hit. */
  static final long DENIED_ON_FAILURE = -ALLOWED_ON_FAILURE;

  /** No identity, and the policy denies such. */
  static final long REFUSED_ANONYMOUS = -EXEMPT;

  private PolicyOutcome() {}

  /** Whether an answer is one of these, and not a margin. */
  static boolean isSettled(long answer) {
    // A marked margin has the bit above these set, or, below zero, clear.
    long magnitude = answer < 0 ? -answer : answer;
    return magnitude == EXEMPT || magnitude == ALLOWED_ON_FAILURE;
  }

  static boolean isFailure(long answer) {
    return answer == ALLOWED_ON_FAILURE || answer == DENIED_ON_FAILURE;
  }
}

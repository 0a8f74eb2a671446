package io.traffik;

/** How a hit ended: decided by the backend, or on the way to it. */
enum Outcome {
  /** The backend answered; its margins say what. */
  ANSWERED,
  /** The cost is above the capacity; margins say what is there. */
  IMPOSSIBLE,
  /** As {@link #IMPOSSIBLE}, while the backend failed. */
  IMPOSSIBLE_UNANSWERED,
  /** No limit applies: the client is exempt, the throttle unlimited or switched off. */
  EXEMPT,
  /** No identity, and the policy denies such. */
  REFUSED_ANONYMOUS,
  /** The backend failed and the policy lets the hit pass. */
  ALLOWED_ON_FAILURE,
  /** The backend failed and the policy denies the hit. */
  DENIED_ON_FAILURE;

  /** Whether the backend is to be asked. */
  boolean isAsked() {
    return this == ANSWERED || this == IMPOSSIBLE;
  }
}

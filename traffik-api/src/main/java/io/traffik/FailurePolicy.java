package io.traffik;

/** What a throttle does with a hit that its backend failed to decide. */
public enum FailurePolicy {
  /**
   * Lets the hit pass, marked as degraded. The default: a limiter must not take its server down.
   */
  ALLOW,
  /** Denies the hit, marked as degraded, without a time to retry after. */
  DENY,
  /** Throws the {@link BackendException}. */
  THROW
}

package io.traffik;

/** The reaction of a throttle to a backend failure. */
public enum FailurePolicy {
  /**
   * Allows the hit, marked as degraded. The default, since a rate limiter must not take its server
   * down.
   */
  ALLOW,
  /** Denies the hit, marked as degraded, without a time to retry. */
  DENY,
  /** Throws the {@link BackendException}. */
  THROW
}

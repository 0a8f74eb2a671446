package io.traffik;

/**
 * The reaction of a throttle to a backend failure. Any exception, {@link LinkageError} or {@link
 * AssertionError} of a backend is a failure, except for {@link BackendUsageException} and this
 * library's other exceptions. Failures are logged for each backend, not for each hit.
 */
public enum FailurePolicy {
  /**
   * Allows the hit, marked as degraded. The default, since a rate limiter must not take its server
   * down.
   */
  ALLOW,
  /**
   * Denies the hit, marked as degraded, without a time to retry. Adapters respond with 503 and
   * {@code Retry-After}.
   */
  DENY,
  /** Throws the {@link BackendException}. Adapters respond as to {@link #DENY}. */
  THROW
}

package io.traffik;

/** The reaction of a throttle to a connection without identity. */
public enum AnonymousPolicy {
  /**
   * Throws {@link AnonymousConnectionException}. The default, since a missing identity is usually a
   * mistake.
   */
  THROW,
  /** Denies the hit without calling the backend and without a time to retry. */
  DENY,
  /** Counts all such connections in one bucket per scope. */
  SHARED,
  /** Allows the hit without a limit. */
  EXEMPT
}

package io.traffik;

/** What a throttle does with a connection that no identifier can name. */
public enum AnonymousPolicy {
  /** Throws {@link AnonymousConnectionException}. The default: a missing identity is a mistake. */
  THROW,
  /** Denies the hit, without a time to retry after and without asking the backend. */
  DENY,
  /** Counts all such connections in one bucket. */
  SHARED,
  /** Lets the connection through without a limit. */
  EXEMPT
}

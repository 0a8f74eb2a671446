package io.traffik;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a {@link Backend} that refuses a call because too many calls are already waiting in
 * this process. The call has taken nothing.
 *
 * <p>Overload is not a failure of the store. A throttle denies the hit, and its {@link
 * FailurePolicy} does not decide. Otherwise a client could switch limits off by sending more than
 * the server can decide.
 *
 * <p>Clients can cause this exception at any rate, so it has no stack trace.
 */
public final class OverloadException extends TraffikException {

  private static final long serialVersionUID = 1L;

  /** Null if the time is unknown. */
  private final @Nullable Duration retryAfter;

  /**
   * Creates an exception.
   *
   * @param message the problem, the limit and the remedy
   */
  public OverloadException(String message) {
    this(message, null);
  }

  /**
   * Creates an exception that states when to retry.
   *
   * @param message the problem, the limit and the remedy
   * @param retryAfter the time after which to retry; null if unknown
   */
  public OverloadException(String message, @Nullable Duration retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  /** At least 1; 1 if the time is unknown. */
  long retryAfterSeconds() {
    return Seconds.atLeastOne(retryAfter);
  }
}

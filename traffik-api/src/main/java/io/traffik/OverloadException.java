package io.traffik;

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

  /**
   * Creates an exception.
   *
   * @param message the problem, the limit and the remedy
   */
  public OverloadException(String message) {
    super(message);
  }
}

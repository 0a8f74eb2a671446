package io.traffik;

/** No identifier could tell who a client is, and the throttle's {@link AnonymousPolicy} raises. */
public class AnonymousConnectionException extends TraffikException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message what was missing and the way out
   */
  public AnonymousConnectionException(String message) {
    super(message, null);
  }
}

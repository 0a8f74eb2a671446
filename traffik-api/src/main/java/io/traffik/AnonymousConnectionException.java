package io.traffik;

/** Thrown when a client has no identity and the policy is {@link AnonymousPolicy#THROW}. */
public class AnonymousConnectionException extends TraffikException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message the problem and the remedy
   */
  public AnonymousConnectionException(String message) {
    super(message, null);
  }
}

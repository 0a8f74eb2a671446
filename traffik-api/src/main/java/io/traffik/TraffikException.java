package io.traffik;

import org.jspecify.annotations.Nullable;

/** The superclass of this library's exceptions. Messages state the problem, value and remedy. */
public class TraffikException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message the problem, the value and the remedy
   * @param cause the cause, or null
   */
  public TraffikException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Creates an exception without stack trace, for exceptions that are part of normal operation. */
  TraffikException(String message) {
    super(message, null, false, false);
  }
}

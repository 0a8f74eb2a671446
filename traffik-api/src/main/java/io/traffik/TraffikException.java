package io.traffik;

import org.jspecify.annotations.Nullable;

/** The root of what this library throws. Its messages state the rule, the value and the way out. */
public class TraffikException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message the rule, the value and the way out
   * @param cause what led to it, or null
   */
  public TraffikException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** For exceptions that steer control flow and are too frequent for a stack trace. */
  TraffikException(String message) {
    super(message, null, false, false);
  }
}

package io.traffik;

import org.jspecify.annotations.Nullable;

/**
 * A backend could not decide: its store is out of reach, too slow, or gave an unreadable answer.
 * The hit may or may not have been charged.
 */
public class BackendException extends TraffikException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message what failed, of which backend
   */
  public BackendException(String message) {
    this(message, null);
  }

  /**
   * Makes an exception with a cause.
   *
   * @param message what failed, of which backend
   * @param cause what led to it, or null
   */
  public BackendException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package io.traffik;

import org.jspecify.annotations.Nullable;

/** A rate, throttle or backend was set up in a way that breaks a rule. */
public class ConfigurationException extends TraffikException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message the rule, the value and the way out
   */
  public ConfigurationException(String message) {
    this(message, null);
  }

  /**
   * Makes an exception with a cause.
   *
   * @param message the rule, the value and the way out
   * @param cause what led to it, or null
   */
  public ConfigurationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

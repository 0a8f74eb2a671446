package io.traffik;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Thrown when a rate, throttle or backend has an invalid configuration. */
public class ConfigurationException extends TraffikException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message the problem, the value and the remedy
   */
  public ConfigurationException(String message) {
    this(message, null);
  }

  /**
   * Creates an exception with a cause.
   *
   * @param message the problem, the value and the remedy
   * @param cause the cause, or null
   */
  public ConfigurationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Returns a copy with a remedy at the end of its message, for adapters. Its cause is this
   * exception.
   *
   * @param remedy a sentence, not null
   * @return the copy
   */
  public ConfigurationException withRemedy(String remedy) {
    Objects.requireNonNull(remedy, "remedy must not be null");
    return new ConfigurationException(getMessage() + ". " + remedy, this);
  }
}

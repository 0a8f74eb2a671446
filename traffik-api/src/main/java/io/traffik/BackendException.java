package io.traffik;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a backend could not decide, because its store is unreachable, too slow or returned
 * invalid data. The hit may or may not have been charged.
 */
public class BackendException extends TraffikException {

  private static final long serialVersionUID = 1L;

  /** Null if the time is unknown. */
  private final @Nullable Duration retryAfter;

  /**
   * Creates an exception.
   *
   * @param message the problem and the backend
   */
  public BackendException(String message) {
    this(message, null);
  }

  /**
   * Creates an exception with a cause.
   *
   * @param message the problem and the backend
   * @param cause the cause, or null
   */
  public BackendException(String message, @Nullable Throwable cause) {
    this(message, cause, null);
  }

  /**
   * Creates an exception of a backend that calls its store again only after some time.
   *
   * @param message the problem and the backend
   * @param cause the cause, or null
   * @param retryAfter the time until the backend's next probe of its store; null if unknown
   */
  public BackendException(
      String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
    super(message, cause);
    this.retryAfter = retryAfter;
  }

  /**
   * The time after which the backend can decide again at the earliest.
   *
   * @return empty if unknown
   */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /**
   * The value of {@code Retry-After} in a response: {@link #retryAfter()} in whole seconds, rounded
   * up.
   *
   * @return at least 1; 1 if the time is unknown
   */
  public long retryAfterSeconds() {
    return Seconds.atLeastOne(retryAfter);
  }

  /**
   * Converts an exception of a store or its client.
   *
   * @param problem the problem and the backend; the message continues with the cause
   * @param thrown the exception, which is {@link #unwrap unwrapped} first; may be null
   * @return the unwrapped exception itself if it is a {@link BackendException}; otherwise a new one
   *     with it as the cause
   */
  public static BackendException of(String problem, @Nullable Throwable thrown) {
    Throwable cause = thrown == null ? null : unwrap(thrown);
    return cause instanceof BackendException known
        ? known
        : new BackendException(problem + ": " + cause, cause);
  }

  /**
   * Removes the exceptions that futures wrap around the exception of a task.
   *
   * @param thrown the exception of a future or stage, not null
   * @return the first cause that is neither a {@link CompletionException} nor an {@link
   *     ExecutionException}
   */
  public static Throwable unwrap(Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof CompletionException || cause instanceof ExecutionException) {
      Throwable next = cause.getCause();
      if (next == null) {
        break;
      }
      cause = next;
    }
    return cause;
  }
}

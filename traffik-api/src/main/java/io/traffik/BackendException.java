package io.traffik;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
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

  /**
   * An exception for whatever a store or a client of a store threw.
   *
   * @param problem what failed, of which backend; the message continues with the cause
   * @param thrown what was thrown; {@link #unwrap unwrapped} first
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
   * Removes the exceptions that futures put around the one that a task threw.
   *
   * @param thrown what a future or stage failed with, not null
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

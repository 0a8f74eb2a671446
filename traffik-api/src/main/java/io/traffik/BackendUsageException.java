package io.traffik;

/**
 * Thrown by a {@link Backend} that the application uses in a way that can never succeed, for
 * example after it was closed, or by a blocking call on a thread that must not block.
 *
 * <p>It is a mistake of the application, not a failure of the store. So throttles throw it,
 * whatever their {@link FailurePolicy} is. Any other {@link IllegalStateException} of a backend is
 * a failure.
 */
public class BackendUsageException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message the problem, the backend and the remedy
   */
  public BackendUsageException(String message) {
    super(message);
  }
}

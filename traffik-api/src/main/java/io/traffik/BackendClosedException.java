package io.traffik;

/** Thrown when a {@link Backend} is used after {@link Backend#close()}. */
public final class BackendClosedException extends BackendUsageException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param namespace the namespace of the closed backend
   */
  public BackendClosedException(String namespace) {
    super("Backend \"" + namespace + "\" is closed. Create a new one.");
  }
}

package io.traffik;

/** Applies a throttle's {@link FailurePolicy} to backend failures and logs them. */
final class FailureHandler {

  private final String uid;
  private final FailurePolicy policy;
  private final FailureLog log = new FailureLog();

  FailureHandler(String uid, FailurePolicy policy) {
    this.uid = uid;
    this.policy = policy;
  }

  /**
   * Converts what a backend threw to a {@link BackendException}.
   *
   * @throws RuntimeException the same exception if it reports a mistake of the application, such as
   *     a closed backend or a wrong configuration
   */
  static BackendException asBackendFailure(Throwable thrown) {
    Throwable cause = BackendException.unwrap(thrown);
    if (cause instanceof Error error) {
      throw error;
    }
    // Subclasses of IllegalStateException are failures of the store: CancellationException is one.
    if (cause instanceof RuntimeException mistake
        && !(cause instanceof BackendException)
        && (cause.getClass() == IllegalStateException.class || cause instanceof TraffikException)) {
      throw mistake;
    }
    return BackendException.of("Backend failed", cause);
  }

  /** Returns the {@link PolicyOutcome} of a failure, or throws it. */
  long outcomeOf(BackendException failure) {
    if (policy == FailurePolicy.THROW) {
      throw failure;
    }
    log.warn(
        "The backend of throttle \""
            + uid
            + "\" failed; failure policy "
            + policy
            + " decides until it recovers",
        failure);
    return policy == FailurePolicy.ALLOW
        ? PolicyOutcome.ALLOWED_ON_FAILURE
        : PolicyOutcome.DENIED_ON_FAILURE;
  }

  void logOverload(OverloadException overload) {
    log.warn("Throttle \"" + uid + "\" denied a hit because of overload", overload);
  }

  void logLostRefund(Throwable thrown) {
    log.warn("A refund or settlement of throttle \"" + uid + "\" was lost", thrown);
  }
}

package io.traffik;

/** What becomes of a hit whose backend failed: the throttle's policy decides, and it is logged. */
final class FailureHandler {

  private final String uid;
  private final FailurePolicy policy;
  private final FailureLog log = new FailureLog();

  FailureHandler(String uid, FailurePolicy policy) {
    this.uid = uid;
    this.policy = policy;
  }

  /**
   * What a backend threw, as a failure of it.
   *
   * @throws RuntimeException the same if it was no failure but a mistake of the application: a
   *     closed backend, a wrong configuration
   */
  static BackendException failure(Throwable thrown) {
    Throwable cause = BackendException.unwrap(thrown);
    if (cause instanceof Error error) {
      throw error;
    }
    // The class itself: what extends it (a cancelled future, say) is a failure of the store.
    if (cause instanceof RuntimeException mistake
        && !(cause instanceof BackendException)
        && (cause.getClass() == IllegalStateException.class || cause instanceof TraffikException)) {
      throw mistake;
    }
    return BackendException.of("backend failed", cause);
  }

  long answer(BackendException failure) {
    if (policy == FailurePolicy.THROW) {
      throw failure;
    }
    log.warn(
        "throttle \""
            + uid
            + "\": the backend failed; policy "
            + policy
            + " decides until it is back",
        failure);
    return policy == FailurePolicy.ALLOW
        ? PolicyOutcome.ALLOWED_ON_FAILURE
        : PolicyOutcome.DENIED_ON_FAILURE;
  }

  void logLostRefund(Throwable thrown) {
    log.warn("throttle \"" + uid + "\": a refund was lost", thrown);
  }
}

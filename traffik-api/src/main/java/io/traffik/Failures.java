package io.traffik;

import java.util.concurrent.CompletionException;

/** What becomes of a hit whose backend failed: the throttle's policy decides, and it is logged. */
final class Failures {

  private final String uid;
  private final FailurePolicy policy;
  private final FailureLog log = new FailureLog();

  Failures(String uid, FailurePolicy policy) {
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
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (cause instanceof BackendException failure) {
      return failure;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    // The class itself: what extends it (a cancelled future, say) is a failure of the store.
    if (cause.getClass() == IllegalStateException.class || cause instanceof TraffikException) {
      throw (RuntimeException) cause;
    }
    return new BackendException("backend failed: " + cause, cause);
  }

  long answer(BackendException failure) {
    if (policy == FailurePolicy.RAISE) {
      throw failure;
    }
    log.warn(
        "throttle \""
            + uid
            + "\": the backend failed; policy "
            + policy
            + " decides until it is back",
        failure);
    return policy == FailurePolicy.ALLOW ? Settled.ALLOWED_ON_FAILURE : Settled.DENIED_ON_FAILURE;
  }

  void logLostRefund(Throwable thrown) {
    log.warn("throttle \"" + uid + "\": a refund was lost", thrown);
  }
}

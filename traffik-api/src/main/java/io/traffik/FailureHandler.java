package io.traffik;

import io.traffik.Incident.Reaction;
import java.util.function.LongSupplier;

/** Applies a throttle's {@link FailurePolicy} to backend failures, and has them logged. */
final class FailureHandler {

  private final String uid;
  private final FailurePolicy policy;
  private final LongSupplier clock;

  FailureHandler(String uid, FailurePolicy policy, LongSupplier clock) {
    this.uid = uid;
    this.policy = policy;
    this.clock = clock;
  }

  /**
   * Converts what a backend threw to a {@link BackendException}. Exceptions, linkage errors and
   * failed assertions are failures of the backend.
   *
   * @throws RuntimeException the same exception if it reports a mistake of the application: a wrong
   *     use of the backend, a wrong configuration
   * @throws Error the same error if it concerns the process, such as {@link OutOfMemoryError}
   */
  static BackendException asBackendFailure(Throwable thrown) {
    Throwable cause = BackendException.unwrap(thrown);
    if (isProcessError(cause)) {
      throw (Error) cause;
    }
    if (cause instanceof BackendUsageException mistake) {
      throw mistake;
    }
    if (cause instanceof TraffikException deliberate && !(cause instanceof BackendException)) {
      throw deliberate;
    }
    return BackendException.of("Backend failed", cause);
  }

  /** Whether this is an error that is no failure of the backend, and must propagate. */
  static boolean isProcessError(Throwable thrown) {
    return thrown instanceof Error
        && !(thrown instanceof LinkageError)
        && !(thrown instanceof AssertionError);
  }

  /**
   * Returns the {@link PolicyOutcome} of a failure, or throws it.
   *
   * @param shadow whether the hit must be allowed, whatever the policy
   */
  long outcomeOf(Backend backend, BackendException failure, boolean shadow) {
    FailurePolicy applied = shadow ? FailurePolicy.ALLOW : policy;
    Reaction reaction =
        switch (applied) {
          case ALLOW -> Reaction.ALLOWED;
          case DENY -> Reaction.DENIED;
          case THROW -> Reaction.THROWN;
        };
    BackendHealth.of(backend)
        .failed(
            reaction,
            "Until it works again, each throttle applies its failure policy. That of throttle \""
                + uid
                + "\" is "
                + applied
                + ". Further failures are counted.",
            failure,
            clock.getAsLong());
    return switch (applied) {
      case ALLOW -> PolicyOutcome.ALLOWED_ON_FAILURE;
      case DENY -> PolicyOutcome.deniedOnFailure(failure.retryAfterSeconds());
      case THROW -> throw failure;
    };
  }

  long outcomeOf(Backend backend, OverloadException overload) {
    BackendHealth.of(backend)
        .overloaded(
            Reaction.DENIED,
            "Throttle \"" + uid + "\" denied a hit. Further denials are counted.",
            overload,
            clock.getAsLong());
    return PolicyOutcome.deniedOnOverload(overload.retryAfterSeconds());
  }

  /** Ends the log's record of failures, if there is one. */
  void onSuccess(Backend backend) {
    BackendHealth.succeeded(backend, clock.getAsLong());
  }

  /** Records a lost refund or settlement; throws what is no failure. */
  void onLost(Backend backend, Throwable thrown) {
    onLost(backend, "A refund or settlement of throttle \"" + uid + "\" was lost.", thrown, clock);
  }

  static void onLost(Backend backend, String detail, Throwable thrown, LongSupplier clock) {
    Throwable cause = BackendException.unwrap(thrown);
    if (isProcessError(cause)) {
      throw (Error) cause;
    }
    BackendHealth health = BackendHealth.of(backend);
    if (cause instanceof OverloadException overload) {
      health.overloaded(Reaction.LOST, detail, overload, clock.getAsLong());
    } else {
      health.failed(
          Reaction.LOST, detail, BackendException.of("Backend failed", cause), clock.getAsLong());
    }
  }
}

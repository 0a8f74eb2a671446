package io.traffik;

import org.jspecify.annotations.Nullable;

/**
 * Receives the backend call of an operation, for asynchronous execution, a refund or a settlement.
 */
final class CallCapture {

  /** Whether the caller of {@link DecisionPath} executes the call and reports the decision. */
  final boolean deferred;

  @Nullable BoundCall call;

  CallCapture(boolean deferred) {
    this.deferred = deferred;
  }
}

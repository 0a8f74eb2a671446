package io.traffik;

import org.jspecify.annotations.Nullable;

/** Receives the backend call of an operation, for asynchronous execution or a later refund. */
final class CallCapture {

  /** Whether the caller of {@link DecisionPath} executes the call. */
  final boolean deferred;

  @Nullable BackendCall call;

  CallCapture(boolean deferred) {
    this.deferred = deferred;
  }
}

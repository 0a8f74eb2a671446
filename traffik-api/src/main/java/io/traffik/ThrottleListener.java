package io.traffik;

/**
 * Receives the decisions about hits and the failures of backends, for metrics and logs. Peeks,
 * refunds and settlements are not reported, except for backend failures.
 *
 * <p>A listener is called on the thread that received the decision; several threads may call it at
 * once. It should return quickly. For an asynchronous hit, the decision may arrive after the
 * request has ended. Read the view then only if the framework permits it. Exceptions of a listener
 * are logged and change no decision.
 */
public interface ThrottleListener {

  /**
   * Called when a hit was decided.
   *
   * @param view the connection
   * @param decision the decision; it may be degraded or exempt
   * @param throttle the throttle
   */
  default void onDecision(ConnectionView view, Decision decision, Throttle throttle) {}

  /**
   * Called when the backend failed at a hit, peek or refund, before the {@link FailurePolicy} is
   * applied.
   *
   * @param view the connection
   * @param failure the failure; an exception of another type is its cause
   * @param throttle the throttle
   */
  default void onBackendFailure(ConnectionView view, BackendException failure, Throttle throttle) {}
}

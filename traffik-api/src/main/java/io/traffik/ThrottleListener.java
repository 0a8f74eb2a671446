package io.traffik;

/**
 * Hears what a throttle decides, for metrics and logs.
 *
 * <p>Called on the thread that got the decision, possibly by many threads at once; it should be
 * quick. What it throws is logged and changes no decision.
 */
public interface ThrottleListener {

  /**
   * A hit was decided.
   *
   * @param throttle the throttle
   * @param view the connection
   * @param decision the decision, degraded ones and exemptions included
   */
  default void onDecision(Throttle throttle, ConnectionView view, Decision decision) {}

  /**
   * The backend failed; the throttle's {@link FailurePolicy} decides next.
   *
   * @param throttle the throttle
   * @param view the connection
   * @param failure what the backend threw, as a {@link BackendException}
   */
  default void onBackendFailure(Throttle throttle, ConnectionView view, BackendException failure) {}
}

package io.traffik;

/**
 * Hears how a throttle decides hits, for metrics and logs. Of peeks and refunds it hears nothing
 * but the failures.
 *
 * <p>Called on the thread that got the decision, possibly by many threads at once; it should be
 * quick. An asynchronous hit is told of when its decision comes, which may be after {@code
 * hitAsync} returned, even after the request has ended: a listener that reads the view then must
 * know that its framework lets it. What a listener throws is logged and changes no decision.
 */
public interface ThrottleListener {

  /**
   * A hit was decided.
   *
   * @param view the connection
   * @param decision the decision, degraded ones and exemptions included
   * @param throttle the throttle
   */
  default void onDecision(ConnectionView view, Decision decision, Throttle throttle) {}

  /**
   * The backend failed at a hit, peek or refund; the throttle's {@link FailurePolicy} decides next.
   *
   * @param view the connection
   * @param failure what the backend threw, as a {@link BackendException}
   * @param throttle the throttle
   */
  default void onBackendFailure(ConnectionView view, BackendException failure, Throttle throttle) {}
}

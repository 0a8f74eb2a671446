package io.traffik;

/** What happens on a denial when a throttle is enforced. */
@FunctionalInterface
public interface ThrottledHandler {

  /**
   * Called once per denial, on the thread that got the decision, possibly by many threads at once.
   *
   * <p>To stop the connection, throw; {@link ConnectionThrottledException} makes adapters answer
   * with 429. <strong>A handler that returns lets the connection proceed</strong> although it was
   * denied: useful to log before a limit is armed, and a hole otherwise.
   *
   * @param view the connection
   * @param decision the denial
   * @param throttle the throttle that denied
   */
  void onThrottled(ConnectionView view, Decision decision, Throttle throttle);

  /**
   * The handler that a throttle has unless it or its backend brings another.
   *
   * @return a handler that throws {@link ConnectionThrottledException}
   */
  static ThrottledHandler throwing() {
    return ThrowingHandler.INSTANCE;
  }
}

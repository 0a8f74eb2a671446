package io.traffik;

/**
 * Handles the denials of {@link Throttle#enforce}, {@link Throttle#charge}, {@link
 * Throttle#reserve} and {@link Throttle#acquire}.
 */
@FunctionalInterface
public interface ThrottledHandler {

  /**
   * Handles a denial. It is called once per denial, on the thread that received the decision;
   * several threads may call it at once.
   *
   * <p>Throw an exception to stop the connection. Adapters answer a {@link
   * ConnectionThrottledException} with 429. <strong>If a handler returns, the connection
   * proceeds</strong> despite the denial. To observe a limit before you enforce it, use {@link
   * Throttle#setShadow} instead.
   *
   * @param view the connection
   * @param decision the denial
   * @param throttle the throttle that denied
   */
  void onThrottled(ConnectionView view, Decision decision, Throttle throttle);

  /**
   * The default handler. It throws {@link ConnectionThrottledException}.
   *
   * @return the handler
   */
  static ThrottledHandler throwing() {
    return ThrowingHandler.INSTANCE;
  }
}

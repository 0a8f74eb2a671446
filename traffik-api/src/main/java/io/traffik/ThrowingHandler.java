package io.traffik;

import org.jspecify.annotations.Nullable;

/** Throws the exception that adapters turn into a 429 answer. */
enum ThrowingHandler implements ThrottledHandler {
  INSTANCE;

  @Override
  public void onThrottled(ConnectionView view, Decision decision, Throttle throttle) {
    throw new ConnectionThrottledException(throttle, decision);
  }

  /**
   * Calls the handler of a denial, or returns the exception of this one instead of throwing it.
   *
   * @return the exception; null if another handler has returned
   */
  static @Nullable ConnectionThrottledException deny(
      ThrottledHandler handler, ConnectionView view, Decision denial, Throttle throttle) {
    if (handler == INSTANCE) {
      return new ConnectionThrottledException(throttle, denial);
    }
    handler.onThrottled(view, denial, throttle);
    return null;
  }
}

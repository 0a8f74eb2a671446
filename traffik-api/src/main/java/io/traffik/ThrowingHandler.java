package io.traffik;

/** Stops a denied connection by an exception that adapters turn into a 429. */
enum ThrowingHandler implements ThrottledHandler {
  INSTANCE;

  @Override
  public void onThrottled(ConnectionView view, Decision decision, Throttle throttle) {
    throw new ConnectionThrottledException(throttle, decision);
  }
}

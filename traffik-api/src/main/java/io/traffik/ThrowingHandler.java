package io.traffik;

/** Throws the exception that adapters turn into a 429 answer. */
enum ThrowingHandler implements ThrottledHandler {
  INSTANCE;

  @Override
  public void onThrottled(ConnectionView view, Decision decision, Throttle throttle) {
    throw new ConnectionThrottledException(throttle, decision);
  }
}

package io.traffik;

/** Keeps what a user's listener throws from changing a decision. */
final class GuardedListener implements ThrottleListener {

  private final String message;
  private final ThrottleListener listener;
  private final FailureLog log = new FailureLog();

  GuardedListener(String uid, ThrottleListener listener) {
    this.message = "throttle \"" + uid + "\": its listener threw";
    this.listener = listener;
  }

  @Override
  public void onDecision(Throttle throttle, ConnectionView view, Decision decision) {
    try {
      listener.onDecision(throttle, view, decision);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable t) {
      log.warn(message, t);
    }
  }

  @Override
  public void onBackendFailure(Throttle throttle, ConnectionView view, BackendException failure) {
    try {
      listener.onBackendFailure(throttle, view, failure);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable t) {
      log.warn(message, t);
    }
  }
}

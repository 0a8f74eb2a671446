package io.traffik;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls several listeners in order. An exception of one is logged; it affects neither the others
 * nor the decision.
 */
final class CompositeListener implements ThrottleListener {

  private final String failureMessage;
  private final ThrottleListener[] listeners;
  private final FailureLog log = new FailureLog();

  private CompositeListener(String uid, List<ThrottleListener> listeners) {
    this.failureMessage = "A listener of throttle \"" + uid + "\" threw an exception";
    this.listeners = listeners.toArray(new ThrottleListener[0]);
  }

  /** Returns null if there are no listeners, so that a hit creates no decision for them. */
  static @Nullable ThrottleListener of(String uid, List<ThrottleListener> listeners) {
    return listeners.isEmpty() ? null : new CompositeListener(uid, listeners);
  }

  @Override
  public void onDecision(ConnectionView view, Decision decision, Throttle throttle) {
    forEach(listener -> listener.onDecision(view, decision, throttle));
  }

  @Override
  public void onBackendFailure(ConnectionView view, BackendException failure, Throttle throttle) {
    forEach(listener -> listener.onBackendFailure(view, failure, throttle));
  }

  private void forEach(Consumer<ThrottleListener> event) {
    for (ThrottleListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (VirtualMachineError e) {
        throw e;
      } catch (Throwable t) {
        log.warn(failureMessage, t);
      }
    }
  }
}

package io.traffik;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells a user's listeners in the order in which they were given, and keeps what one throws from
 * the others and from the decision.
 */
final class GuardedListeners implements ThrottleListener {

  private final String message;
  private final ThrottleListener[] listeners;
  private final FailureLog log = new FailureLog();

  private GuardedListeners(String uid, List<ThrottleListener> listeners) {
    this.message = "throttle \"" + uid + "\": a listener of it threw";
    this.listeners = listeners.toArray(new ThrottleListener[0]);
  }

  /** All of them in one, or null if there are none: nothing is made for a hit then. */
  static @Nullable ThrottleListener of(String uid, List<ThrottleListener> listeners) {
    return listeners.isEmpty() ? null : new GuardedListeners(uid, listeners);
  }

  @Override
  public void onDecision(ConnectionView view, Decision decision, Throttle throttle) {
    tell(listener -> listener.onDecision(view, decision, throttle));
  }

  @Override
  public void onBackendFailure(ConnectionView view, BackendException failure, Throttle throttle) {
    tell(listener -> listener.onBackendFailure(view, failure, throttle));
  }

  private void tell(Consumer<ThrottleListener> event) {
    for (ThrottleListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (VirtualMachineError e) {
        throw e;
      } catch (Throwable t) {
        log.warn(message, t);
      }
    }
  }
}

package io.traffik;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the backend of an operation (rule L5): the throttle's own → the innermost scope → the
 * connection's → the registry's.
 *
 * @param uid the throttle's name
 * @param fixed the throttle's own backend
 * @param function chooses the throttle's own backend
 * @param shared the registry's backend
 */
record BackendResolver(
    String uid,
    @Nullable Backend fixed,
    @Nullable Function<? super ConnectionView, ? extends @Nullable Backend> function,
    @Nullable Backend shared) {

  Backend of(ConnectionView view) {
    return fixed != null ? fixed : resolve(view);
  }

  private Backend resolve(ConnectionView view) {
    Backend backend = function == null ? null : function.apply(view);
    if (backend == null) {
      backend = BackendScope.innermost();
    }
    if (backend == null) {
      backend = view.backend();
    }
    if (backend == null) {
      backend = shared;
    }
    if (backend == null) {
      throw new ConfigurationException(
          "No throttle backend configured for throttle \""
              + uid
              + "\": set one with .backend(…), set one for the application in its adapter or"
              + " registry, or enter one with BackendScope.enter(…)");
    }
    return backend;
  }

  /** Whether the backend depends on the scope or the connection only. */
  boolean isMissing() {
    return fixed == null && function == null && shared == null;
  }
}

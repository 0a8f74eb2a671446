package io.traffik.javalin;

import io.traffik.Backend;
import io.traffik.BackendScope;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** A backend's application scope, from the start of a server to its stop on whatever thread. */
final class ServerScope {

  private static final Logger LOGGER = System.getLogger(TraffikPlugin.class.getName());

  private final Backend backend;
  private @Nullable BackendScope scope;

  ServerScope(Backend backend) {
    this.backend = backend;
  }

  synchronized void enter() {
    // A scope belongs to a thread and a server does not. Leaving the outer scope takes the inner
    // one off this thread, and any thread may close it then; requests find the backend by view.
    BackendScope starting = BackendScope.enter(backend);
    try {
      scope = BackendScope.application(backend);
    } finally {
      starting.close();
    }
  }

  /** Logs what goes wrong, so that the stop of the server goes on for everybody else. */
  synchronized void leave() {
    if (scope == null) {
      return;
    }
    try {
      scope.close();
    } catch (RuntimeException e) {
      LOGGER.log(
          Level.WARNING,
          "backend \"" + backend.namespace() + "\" could not be left tidy at server stop",
          e);
    }
  }
}

package io.traffik.javalin;

import io.traffik.Backend;
import io.traffik.BackendLease;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** A backend's life with a server, from its start to its stop on whatever threads. */
final class ServerScope {

  private static final Logger LOGGER = System.getLogger(TraffikPlugin.class.getName());

  private final Backend backend;
  private @Nullable BackendLease lease;

  ServerScope(Backend backend) {
    this.backend = backend;
  }

  synchronized void enter() {
    lease = BackendLease.acquire(backend);
  }

  /** Logs what goes wrong, so that the stop of the server goes on for everybody else. */
  synchronized void leave() {
    if (lease == null) {
      return;
    }
    try {
      lease.close();
    } catch (RuntimeException e) {
      LOGGER.log(
          Level.WARNING,
          "backend \"" + backend.namespace() + "\" could not be left tidy at server stop",
          e);
    }
  }
}

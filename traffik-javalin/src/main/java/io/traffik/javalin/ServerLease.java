package io.traffik.javalin;

import io.traffik.Backend;
import io.traffik.BackendLease;
import io.traffik.BackendStart;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** The lease of a backend from a server's start to its stop. Thread-safe. */
final class ServerLease {

  private static final Logger LOGGER = System.getLogger(TraffikPlugin.class.getName());

  private final Backend backend;
  private final BackendStart start;
  private @Nullable BackendLease lease;

  ServerLease(Backend backend, BackendStart start) {
    this.backend = backend;
    this.start = start;
  }

  synchronized void acquire() {
    lease = BackendLease.acquire(backend, start);
  }

  /** Logs a failure of the backend, so that the server's stop continues. */
  synchronized void release() {
    if (lease == null) {
      return;
    }
    try {
      lease.close();
    } catch (RuntimeException e) {
      LOGGER.log(
          Level.WARNING,
          "Backend \"" + backend.namespace() + "\" could not be released at server stop.",
          e);
    }
  }
}

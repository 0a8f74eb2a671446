package io.traffik.examples;

import com.sun.net.httpserver.HttpServer;
import io.traffik.Backend;
import io.traffik.BackendLease;
import io.traffik.memory.InMemoryBackend;
import java.time.Duration;

/** The examples of docs/memory.md. */
final class MemoryExamples {

  private MemoryExamples() {}

  static Backend bounded() {
    Backend backend = InMemoryBackend.builder("myapp").maxKeys(250_000).build();
    return backend;
  }

  static Backend coarse() {
    Backend backend = InMemoryBackend.builder("myapp").coarseClock(Duration.ofMillis(1)).build();
    return backend;
  }

  static void lease(Backend backend, HttpServer server) {
    BackendLease lease = BackendLease.acquire(backend);
    server.start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.stop(0);
                  lease.close();
                }));
  }
}

package io.traffik.examples;

import static io.traffik.javalin.Throttling.throttled;

import io.javalin.Javalin;
import io.traffik.Throttle;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.memory.InMemoryBackend;

/** The first thing that a user sees. */
final class Quickstart {

  private Quickstart() {}

  static Javalin server() {
    Throttle api = Throttle.of("api").rate("100/min").build();
    Javalin server =
        Javalin.create(
            config -> {
              config.registerPlugin(new TraffikPlugin(InMemoryBackend.create("myapp")));
              config.routes.before("/api/*", throttled(api));
              config.routes.get("/api/users/{id}", ctx -> ctx.result("hello"));
            });
    return server;
  }
}

package io.traffik.examples;

import static io.traffik.javalin.Throttling.throttled;

import io.javalin.Javalin;
import io.traffik.Throttle;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.memory.InMemoryBackend;

/** The first example of the README. */
final class Quickstart {

  private Quickstart() {}

  /** Starts a throttled server on port 8080. */
  public static void main(String[] arguments) {
    Throttle api = Throttle.builder("api").rate("100/min").build();
    Javalin.create(
            config -> {
              config.registerPlugin(new TraffikPlugin(InMemoryBackend.create("myapp")));
              config.routes.before("/api/*", throttled(api));
              config.routes.get("/api/users/{id}", ctx -> ctx.result("hello"));
            })
        .start(8080);
  }
}

package io.traffik.examples;

import static io.traffik.javalin.Throttling.throttled;

import io.javalin.config.JavalinConfig;
import io.traffik.Backend;
import io.traffik.FailurePolicy;
import io.traffik.Identifier;
import io.traffik.Throttle;
import io.traffik.ThrottleListener;
import io.traffik.ThrottleRegistry;
import io.traffik.javalin.TraffikPlugin;

/** The examples of registries in docs/use-a-throttle.md. */
final class RegistryExamples {

  private RegistryExamples() {}

  static ThrottleRegistry create(Backend backend, Identifier apiKey, ThrottleListener counter) {
    ThrottleRegistry throttles =
        ThrottleRegistry.builder()
            .backend(backend)
            .identifier(apiKey.or(Identifier.remoteAddress()))
            .onBackendFailure(FailurePolicy.DENY)
            .listener(counter)
            .build();
    return throttles;
  }

  static void javalin(JavalinConfig config, ThrottleRegistry throttles) {
    Throttle api = throttles.throttle("api").rate("100/min").build();
    Throttle news =
        throttles.throttle("news").rate("10/s").onBackendFailure(FailurePolicy.ALLOW).build();
    config.registerPlugin(new TraffikPlugin(throttles));
    config.routes.before("/api/*", throttled(api));
    config.routes.before("/news/*", throttled(news));
  }
}

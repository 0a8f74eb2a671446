package io.traffik.examples;

import static io.traffik.javalin.Throttling.throttled;

import io.javalin.config.JavalinConfig;
import io.traffik.AnonymousPolicy;
import io.traffik.Backend;
import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Rate;
import io.traffik.Scope;
import io.traffik.Throttle;
import java.time.Duration;
import java.util.Map;

/** The examples of docs/limit-per-client.md. */
final class ClientExamples {

  private ClientExamples() {}

  static void routes(JavalinConfig config, Throttle api, Throttle search) {
    config.routes.before("/api/*", throttled(api));
    config.routes.get("/search", throttled(search, ctx -> ctx.result("found")));
  }

  static Throttle apiKeys(Backend backend, Map<String, String> customers) {
    Identifier apiKey =
        view -> {
          String customer = customers.get(String.valueOf(view.header("X-Api-Key")));
          return customer == null ? null : Identity.of("customer:" + customer);
        };
    Throttle search =
        Throttle.builder("search")
            .rate("500/h")
            .identifier(apiKey.or(Identifier.remoteAddress()))
            .backend(backend)
            .build();
    return search;
  }

  static Throttle rates(Backend backend) {
    Throttle upload =
        Throttle.builder("upload")
            .rate("5/s")
            .rate("100 per 1h30m")
            .rate("300/day (capacity 50)")
            .rate(Rate.of(1_000, Duration.ofDays(7)).withCapacity(200))
            .backend(backend)
            .build();
    return upload;
  }

  static Throttle exempt(Backend backend, Map<String, String> roles) {
    Identifier staff =
        view ->
            "staff".equals(roles.get(String.valueOf(view.header("X-Token"))))
                ? Identity.EXEMPT
                : null;
    Throttle api =
        Throttle.builder("api")
            .rate("100/min")
            .identifier(staff.or(Identifier.remoteAddress()))
            .backend(backend)
            .build();
    return api;
  }

  static Throttle costs(Backend backend) {
    Throttle api =
        Throttle.builder("api")
            .rate("100/min")
            .cost(view -> view.path().startsWith("/export") ? 10 : 1)
            .scope(Scope.ALL_ROUTES)
            .backend(backend)
            .build();
    return api;
  }

  static Throttle groups(Backend backend) {
    Throttle api =
        Throttle.builder("api")
            .rate("100/min")
            .scope(view -> view.path().startsWith("/users/") ? "users" : "other")
            .backend(backend)
            .build();
    return api;
  }

  static Throttle policies(Backend backend, Identifier apiKey) {
    Throttle api =
        Throttle.builder("api")
            .rate("100/min")
            .identifier(apiKey)
            .onAnonymous(AnonymousPolicy.SHARED)
            .backend(backend)
            .build();
    return api;
  }
}

package io.traffik.examples;

import com.sun.net.httpserver.HttpServer;
import io.traffik.AnonymousPolicy;
import io.traffik.Backend;
import io.traffik.BackendLease;
import io.traffik.BackendScope;
import io.traffik.Charge;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.FailurePolicy;
import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Rate;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import io.traffik.servlet.ThrottleFilter;
import jakarta.servlet.ServletContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The examples of the README, each in the words that it uses there. */
final class Features {

  private Features() {}

  static Throttle rates(Backend backend) {
    Throttle login =
        Throttle.builder("login")
            .rate("5/s")
            .rate("100 per 1h30m")
            .rate("300/day (capacity 50)")
            .rate(Rate.of(1_000, Duration.ofDays(7)).withCapacity(200))
            .backend(backend)
            .build();
    return login;
  }

  static Throttle choices(Backend backend, Map<String, Identity> customers) {
    Identifier apiKey = view -> customers.get(String.valueOf(view.header("X-Api-Key")));
    Throttle search =
        Throttle.builder("search")
            .rate("500/h")
            .cost(view -> view.path().startsWith("/export") ? 10 : 1)
            .identifier(apiKey.or(Identifier.remoteAddress()))
            .scope(Scope.ALL_ROUTES)
            .onBackendFailure(FailurePolicy.DENY)
            .onAnonymous(AnonymousPolicy.SHARED)
            .backend(backend)
            .build();
    return search;
  }

  static String hit(Throttle api, ConnectionView view) {
    Decision decision = api.hit(view);
    if (decision.denied()) {
      Optional<Duration> wait = decision.retryAfter();
      return wait.map(time -> "come back in " + time).orElse("this can never fit");
    }
    return decision.remaining() + " left";
  }

  static CompletionStage<Decision> operations(Throttle api, ConnectionView view) {
    api.enforce(view);
    api.peek(view);
    api.refund(view, 1);
    return api.hitAsync(view, 3);
  }

  static void charge(Throttle api, ConnectionView view, Runnable work) {
    Charge charge = api.charge(view);
    try {
      work.run();
    } catch (RuntimeException e) {
      charge.refund();
      throw e;
    }
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

  static Throttle tenants(Map<String, Backend> tenants) {
    Throttle quota =
        Throttle.builder("quota").rate("1000/h").backend(view -> tenantOf(view, tenants)).build();
    return quota;
  }

  private static @Nullable Backend tenantOf(ConnectionView view, Map<String, Backend> tenants) {
    return tenants.get(String.valueOf(view.header("Host")));
  }

  static void scope(Throttle quota, Backend tenant, ConnectionView view) {
    BackendScope scope = tenant.enter();
    try (scope) {
      quota.enforce(view);
    }
  }

  static void life(Backend backend, HttpServer server) {
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

  static Backend memory() {
    Backend backend = InMemoryBackend.builder("myapp").maxKeys(250_000).build();
    return backend;
  }

  static void servlet(ServletContext context, Throttle api) {
    Backend backend = InMemoryBackend.create("myapp");
    ThrottleFilter.of(api).backend(backend).register(context, "/api/*");
  }
}

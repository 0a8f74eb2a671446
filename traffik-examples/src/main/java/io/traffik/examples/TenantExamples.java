package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.BackendScope;
import io.traffik.ConnectionView;
import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Rates;
import io.traffik.Throttle;
import io.traffik.ThrottleRegistry;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The examples of docs/tenants.md and docs/change-limits.md. */
final class TenantExamples {

  private TenantExamples() {}

  static Throttle byIdentity(Backend backend) {
    Identifier tenant =
        view -> {
          String host = view.header("Host");
          return host == null ? null : Identity.of("tenant:" + host);
        };
    Throttle quota =
        Throttle.builder("quota").rate("1000/h").identifier(tenant).backend(backend).build();
    return quota;
  }

  static Throttle byPlan(ThrottleRegistry throttles, Identifier tenant) {
    Rates premium = Rates.of("1000/min", "50000/day");
    Throttle api =
        throttles
            .throttle("api")
            .rate("10/min")
            .rates(view -> isPremium(view) ? premium : null)
            .identifier(tenant)
            .build();
    return api;
  }

  private static boolean isPremium(ConnectionView view) {
    return "premium.example.com".equals(view.header("Host"));
  }

  static ThrottleRegistry changes(Backend backend) {
    ThrottleRegistry throttles = ThrottleRegistry.of(backend);
    throttles.throttle("api").rate("100/min").build();
    // The server runs.
    throttles.get("api").setRates("200/min");
    return throttles;
  }

  static Throttle byHolder(ThrottleRegistry throttles) {
    AtomicReference<Rates> configured = new AtomicReference<>(Rates.of("100/min"));
    Throttle api = throttles.throttle("api").rates(view -> configured.get()).build();
    return api;
  }

  static Throttle byFunction(Map<String, Backend> tenants) {
    Throttle quota =
        Throttle.builder("quota")
            .rate("1000/h")
            .backend(view -> backendOf(view, tenants))
            .dynamicBackend()
            .build();
    return quota;
  }

  private static @Nullable Backend backendOf(ConnectionView view, Map<String, Backend> tenants) {
    return tenants.get(String.valueOf(view.header("Host")));
  }

  static Throttle dynamic() {
    Throttle quota = Throttle.builder("quota").rate("1000/h").dynamicBackend().build();
    return quota;
  }

  static void scope(Throttle quota, Backend tenant, ConnectionView view) {
    BackendScope scope = BackendScope.enter(tenant);
    try (scope) {
      quota.enforce(view);
    }
  }
}

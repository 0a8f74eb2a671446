package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.BackendScope;
import io.traffik.ConnectionView;
import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Throttle;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The examples of docs/tenants.md. */
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

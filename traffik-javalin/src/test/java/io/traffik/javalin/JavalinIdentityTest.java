package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttled;
import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.AnonymousPolicy;
import io.traffik.Throttle;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Identification of clients. */
final class JavalinIdentityTest {

  private static JavalinTestServer server(Throttle throttle) {
    return new JavalinTestServer(
        config -> {
          config.registerPlugin(new TraffikPlugin(TestBackends.inMemory()));
          config.routes.get("/", throttled(throttle, ctx -> ctx.result("served")));
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-For: 198.51.100.7",
        "Forwarded: for=198.51.100.7",
        "X-Real-IP: 198.51.100.7",
        "Client-IP: 198.51.100.7"
      })
  void i1_aForgedHeaderGivesNoFreshBucket(String header) throws Exception {
    try (JavalinTestServer server = server(Throttle.builder("api").rate("1/h").build())) {
      assertThat(server.status(1, "GET /")).isEqualTo(200);
      assertThat(server.status(1, "GET /", header)).isEqualTo(429);
      assertThat(server.status(2, "GET /", header)).isEqualTo(200);
    }
  }

  private static JavalinTestServer serverWithoutIdentity(AnonymousPolicy policy) {
    return server(
        Throttle.builder("api").rate("1/h").identifier(view -> null).onAnonymous(policy).build());
  }

  @Test
  void i4_aMissingIdentityThrowsByDefault() throws Exception {
    try (JavalinTestServer server =
        server(Throttle.builder("api").rate("1/h").identifier(view -> null).build())) {
      assertThat(server.get("/").statusCode()).isEqualTo(500);
      assertThat(server.get("/").body()).doesNotContain("served");
    }
  }

  @Test
  void i4_aMissingIdentityIsDeniedWithoutRetryAfter() throws Exception {
    try (JavalinTestServer server = serverWithoutIdentity(AnonymousPolicy.DENY)) {
      HttpResponse<String> denied = server.get("/");
      assertThat(denied.statusCode()).isEqualTo(429);
      assertThat(denied.headers().map()).doesNotContainKeys("retry-after", "ratelimit");
    }
  }

  @Test
  void i4_connectionsWithoutAnIdentityCanShareABucket() throws Exception {
    try (JavalinTestServer server = serverWithoutIdentity(AnonymousPolicy.SHARED)) {
      assertThat(server.status(1, "GET /")).isEqualTo(200);
      assertThat(server.status(2, "GET /")).isEqualTo(429);
    }
  }

  @Test
  void i4_aMissingIdentityCanBeExempt() throws Exception {
    try (JavalinTestServer server = serverWithoutIdentity(AnonymousPolicy.EXEMPT)) {
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> response = server.get("/");
        assertThat(response.body()).isEqualTo("served");
        assertThat(response.headers().map()).doesNotContainKeys("ratelimit", "ratelimit-policy");
      }
    }
  }
}

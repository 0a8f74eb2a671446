package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.config.JavalinConfig;
import io.traffik.ConfigurationException;
import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several throttles for one request. */
final class JavalinMultipleThrottlesTest {

  private static final Throttle WIDE = Throttle.builder("wide").rate("10/h").build();
  private static final Throttle NARROW = Throttle.builder("narrow").rate("1/h").build();

  private static JavalinTestServer server(Consumer<JavalinConfig> routes) {
    return new JavalinTestServer(
        config -> {
          config.registerPlugin(new TraffikPlugin(TestBackends.inMemory()));
          routes.accept(config);
        });
  }

  static Stream<Consumer<JavalinConfig>> configurations() {
    return Stream.of(
        config -> {
          config.routes.before(throttled(WIDE, NARROW));
          config.routes.get("/", ctx -> ctx.result("x"));
        },
        config -> {
          config.routes.before(throttled(WIDE));
          config.routes.before("/*", throttled(NARROW));
          config.routes.get("/", ctx -> ctx.result("x"));
        },
        config -> {
          config.routes.before(throttled(WIDE));
          config.routes.get("/", throttled(NARROW, ctx -> ctx.result("x")));
        },
        config -> config.routes.get("/", throttled(List.of(WIDE, NARROW), ctx -> ctx.result("x"))),
        config ->
            config.routes.get("/", throttled(WIDE, throttled(NARROW, ctx -> ctx.result("x")))),
        config -> {
          config.routes.before(throttled(WIDE));
          config.routes.get(
              "/",
              ctx -> {
                NARROW.enforce(JavalinView.of(ctx));
                ctx.result("x");
              });
        });
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void t6_h2_aLaterDenialRefundsEarlierCharges(Consumer<JavalinConfig> routes) throws Exception {
    try (JavalinTestServer server = server(routes)) {
      HttpResponse<String> allowed = server.get("/");
      assertThat(allowed.body()).isEqualTo("x");
      assertThat(QuotaParser.remaining(allowed, "wide")).isEqualTo(9);
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> denied = server.get("/");
        assertThat(denied.statusCode()).isEqualTo(429);
        assertThat(QuotaParser.quotas(denied, "RateLimit")).containsOnlyKeys("wide", "narrow");
        assertThat(QuotaParser.remaining(denied, "wide")).isEqualTo(9);
        assertThat(QuotaParser.remaining(denied, "narrow")).isZero();
        assertThat(QuotaParser.problem(denied).get("violated-policies").toString())
            .isEqualTo("[\"narrow\"]");
      }
    }
  }

  @Test
  void t6_aRefundUsesTheChargedBucket() throws Exception {
    // No endpoint matches, so the route of each handler is its own pattern.
    try (JavalinTestServer server =
        server(
            config -> {
              config.routes.before("/a/*", throttled(WIDE));
              config.routes.before("/a/b/*", throttled(NARROW));
            })) {
      assertThat(server.get("/a/b/c").statusCode()).isEqualTo(404);
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> denied = server.get("/a/b/c");
        assertThat(denied.statusCode()).isEqualTo(429);
        assertThat(QuotaParser.remaining(denied, "wide")).isEqualTo(9);
      }
      assertThat(QuotaParser.remaining(server.get("/a/x"), "wide")).isEqualTo(8);
    }
  }

  @Test
  void t6_aLaterFailureRefundsEarlierCharges() throws Exception {
    Throttle failing =
        Throttle.builder("failing")
            .rate("1/h")
            .backend(TestBackends.failing())
            .onBackendFailure(FailurePolicy.THROW)
            .build();
    try (JavalinTestServer server =
        server(
            config ->
                config.routes.get(
                    "/", throttled(List.of(WIDE, failing), ctx -> ctx.result("x"))))) {
      for (int i = 0; i < 2; i++) {
        HttpResponse<String> response = server.get("/");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(QuotaParser.remaining(response, "wide")).isEqualTo(10);
      }
    }
  }

  @Test
  void t6_aDenialTakesNothingFromLaterThrottles() throws Exception {
    try (JavalinTestServer server =
        server(
            config ->
                config.routes.get("/", throttled(List.of(NARROW, WIDE), ctx -> ctx.result("x"))))) {
      server.get("/");
      for (int i = 0; i < 2; i++) {
        HttpResponse<String> denied = server.get("/");
        assertThat(QuotaParser.quotas(denied, "RateLimit")).containsOnlyKeys("narrow", "wide");
        assertThat(QuotaParser.remaining(denied, "wide")).isEqualTo(9);
      }
    }
  }

  @Test
  void t5_nullArgumentsAreRejectedAtConfiguration() {
    assertThatThrownBy(() -> throttled(WIDE, null)).hasMessage("handler must not be null");
    assertThatThrownBy(() -> throttled(List.of(WIDE), null)).hasMessage("handler must not be null");
    assertThatThrownBy(() -> throttled((Throttle) null)).hasMessage("throttle must not be null");
    assertThatThrownBy(() -> throttled((Throttle) null, ctx -> {}))
        .hasMessage("throttle must not be null");
    assertThatThrownBy(() -> throttled((Throttle[]) null)).hasMessage("throttles must not be null");
    assertThatThrownBy(() -> JavalinView.of(null)).hasMessage("ctx must not be null");
  }

  @Test
  void aMissingThrottleIsRejected() {
    assertThatThrownBy(() -> throttled())
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "throttled(…) needs at least one throttle: none given. Pass one, or register no handler.");
    assertThatThrownBy(() -> throttled(List.of(), ctx -> {}))
        .isInstanceOf(ConfigurationException.class);
  }
}

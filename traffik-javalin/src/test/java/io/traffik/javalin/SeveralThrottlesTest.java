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

/** Several throttles on one request. */
final class SeveralThrottlesTest {

  private static final Throttle WIDE = Throttle.builder("wide").rate("10/h").build();
  private static final Throttle NARROW = Throttle.builder("narrow").rate("1/h").build();

  private static Server server(Consumer<JavalinConfig> routes) {
    return new Server(
        config -> {
          config.registerPlugin(new TraffikPlugin(Backends.frozen()));
          routes.accept(config);
        });
  }

  static Stream<Consumer<JavalinConfig>> ways() {
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
  @MethodSource("ways")
  void t6_h2_aLaterDenialGivesBackWhatTheEarlierTook(Consumer<JavalinConfig> routes)
      throws Exception {
    try (Server server = server(routes)) {
      HttpResponse<String> allowed = server.get("/");
      assertThat(allowed.body()).isEqualTo("x");
      assertThat(Answers.remaining(allowed, "wide")).isEqualTo(9);
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> denied = server.get("/");
        assertThat(denied.statusCode()).isEqualTo(429);
        assertThat(Answers.quotas(denied, "RateLimit")).containsOnlyKeys("wide", "narrow");
        assertThat(Answers.remaining(denied, "wide")).isEqualTo(9);
        assertThat(Answers.remaining(denied, "narrow")).isZero();
        assertThat(Answers.problem(denied).get("violated-policies").toString())
            .isEqualTo("[\"narrow\"]");
      }
    }
  }

  @Test
  void t6_aRefundFindsTheBucketThatWasCharged() throws Exception {
    // Nothing serves the request, so that each handler counts it under its own pattern.
    try (Server server =
        server(
            config -> {
              config.routes.before("/a/*", throttled(WIDE));
              config.routes.before("/a/b/*", throttled(NARROW));
            })) {
      assertThat(server.get("/a/b/c").statusCode()).isEqualTo(404);
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> denied = server.get("/a/b/c");
        assertThat(denied.statusCode()).isEqualTo(429);
        assertThat(Answers.remaining(denied, "wide")).isEqualTo(9);
      }
      assertThat(Answers.remaining(server.get("/a/x"), "wide")).isEqualTo(8);
    }
  }

  @Test
  void t6_aLaterFailureGivesBackWhatTheEarlierTook() throws Exception {
    Throttle failing =
        Throttle.builder("failing")
            .rate("1/h")
            .backend(Backends.failing())
            .onBackendFailure(FailurePolicy.THROW)
            .build();
    try (Server server =
        server(
            config ->
                config.routes.get(
                    "/", throttled(List.of(WIDE, failing), ctx -> ctx.result("x"))))) {
      for (int i = 0; i < 2; i++) {
        HttpResponse<String> answer = server.get("/");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(Answers.remaining(answer, "wide")).isEqualTo(10);
      }
    }
  }

  @Test
  void t6_theFirstDenialWins() throws Exception {
    try (Server server =
        server(
            config ->
                config.routes.get("/", throttled(List.of(NARROW, WIDE), ctx -> ctx.result("x"))))) {
      server.get("/");
      HttpResponse<String> denied = server.get("/");
      assertThat(Answers.quotas(denied, "RateLimit")).containsOnlyKeys("narrow");
    }
  }

  @Test
  void t5_nothingIsLeftNullUntilARequestComes() {
    assertThatThrownBy(() -> throttled(WIDE, null)).hasMessage("handler must not be null");
    assertThatThrownBy(() -> throttled(List.of(WIDE), null)).hasMessage("handler must not be null");
    assertThatThrownBy(() -> throttled((Throttle) null)).hasMessage("throttle must not be null");
    assertThatThrownBy(() -> throttled((Throttle) null, ctx -> {}))
        .hasMessage("throttle must not be null");
    assertThatThrownBy(() -> throttled((Throttle[]) null)).hasMessage("throttles must not be null");
    assertThatThrownBy(() -> JavalinView.of(null)).hasMessage("ctx must not be null");
  }

  @Test
  void noThrottleIsAMistake() {
    assertThatThrownBy(() -> throttled())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("at least one throttle");
    assertThatThrownBy(() -> throttled(List.of(), ctx -> {}))
        .isInstanceOf(ConfigurationException.class);
  }
}

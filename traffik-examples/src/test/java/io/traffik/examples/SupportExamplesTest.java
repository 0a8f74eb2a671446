package io.traffik.examples;

import static io.traffik.examples.ExampleServer.get;
import static io.traffik.examples.ExampleServer.postForm;
import static io.traffik.examples.ExampleServer.withJavalin;
import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.ThrottleRegistry;
import io.traffik.memory.InMemoryBackend;
import io.traffik.redis.RedisBackend;
import io.traffik.redis.server.RedisServers;
import io.traffik.tck.FakeConnection;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of docs/one-client.md (rule K6), in memory and over Redis. */
final class SupportExamplesTest {

  private static final Identity CLIENT = Identity.of("customer:42");
  private static final Identifier CUSTOMER = view -> CLIENT;

  @FunctionalInterface
  private interface Check {
    void run(ThrottleRegistry throttles, ThrottleRegistry afterRestart) throws Exception;
  }

  private static void with(String store, Check check) throws Exception {
    try (Backend backend = backend(store)) {
      backend.reset();
      check.run(registry(backend), registry(backend));
    }
  }

  private static Backend backend(String store) {
    return store.equals("memory")
        ? InMemoryBackend.create("support")
        : RedisBackend.lettuce("support")
            .uri(RedisServers.standalone().uri().toString())
            .deadline(Duration.ofSeconds(10))
            .build();
  }

  private static ThrottleRegistry registry(Backend backend) {
    ThrottleRegistry throttles =
        ThrottleRegistry.builder().backend(backend).identifier(CUSTOMER).build();
    throttles.throttle("search").rate("100/day").build();
    throttles.throttle("export").rate("1000/day").scope(Scope.ALL_ROUTES).build();
    return throttles;
  }

  private static FakeConnection route(String route) {
    return FakeConnection.get(route).route(route);
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "redis"})
  void k6_allBucketsOfAClientAreReportedAndReset(String store) throws Exception {
    with(
        store,
        (throttles, afterRestart) -> {
          Throttle search = throttles.get("search");
          search.hit(route("/search"), 60);
          search.hit(route("/news"), 10);
          throttles.get("export").hit(route("/export"), 1_000);
          assertThat(SupportExamples.report(throttles, CLIENT).lines())
              .satisfiesExactly(
                  line -> assertThat(line).startsWith("export, all routes: 0 left, full in 8"),
                  line -> assertThat(line).startsWith("search, GET /news: 90 left, full in 8"),
                  line -> assertThat(line).startsWith("search, GET /search: 40 left, full in 51"));
          SupportExamples.penalise(throttles);
          assertThat(search.hit(route("/news")).denied()).isTrue();
          assertThat(SupportExamples.report(afterRestart, CLIENT)).isEmpty();
          assertThat(
                  SupportExamples.oneScope(afterRestart.get("search"), CLIENT)
                      .toCompletableFuture()
                      .join()
                      .get("GET /search")
                      .remaining())
              .isEqualTo(100);
          assertThat(search.peek(route("/search")).remaining()).isEqualTo(100);
          assertThat(search.hit(route("/news")).denied()).isTrue();
          SupportExamples.reset(throttles, CLIENT);
          assertThat(search.peek(route("/news")).remaining()).isEqualTo(100);
          assertThat(throttles.get("export").peek(route("/export")).remaining()).isEqualTo(1_000);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "redis"})
  void k6_aSupportRouteReportsAndResets(String store) throws Exception {
    with(
        store,
        (throttles, afterRestart) ->
            withJavalin(
                config -> SupportExamples.routes(config, throttles),
                port -> {
                  throttles.get("search").hit(route("/search"), 60);
                  assertThat(get(port, "/support/customer:42").body())
                      .startsWith("search, GET /search: 40 left");
                  assertThat(postForm(port, "/support/customer:42/reset", "").statusCode())
                      .isEqualTo(200);
                  assertThat(get(port, "/support/customer:42").body())
                      .startsWith("search, GET /search: 100 left, full in 0 s");
                }));
  }
}

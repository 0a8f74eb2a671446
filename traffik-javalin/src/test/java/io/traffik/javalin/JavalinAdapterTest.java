package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttled;
import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.FailurePolicy;
import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Operation;
import io.traffik.QuotaPolicy;
import io.traffik.Throttle;
import io.traffik.http.QuotaFields;
import io.traffik.memory.InMemoryBackend;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The adapter on a real server, rule by rule. */
final class JavalinAdapterTest {

  private final Backend backend = InMemoryBackend.create("javalin");
  private final AtomicInteger handled = new AtomicInteger();

  private Server server(Throttle before) {
    return new Server(
        config -> {
          config.registerPlugin(new TraffikPlugin(backend));
          config.routes.before("/api/*", throttled(before));
          config.routes.get("/api/a", ctx -> ctx.result("a" + handled.incrementAndGet()));
          config.routes.get("/api/b", ctx -> ctx.result("b"));
          config.routes.post("/api/a", ctx -> ctx.result("posted"));
          config.routes.get("/api/users/{id}", ctx -> ctx.result("user"));
        });
  }

  @Test
  void b3_h4_exactlyOneHundredOfTwoThousandPass() throws Exception {
    Throttle api = Throttle.of("api").rate("100/h").build();
    AtomicInteger passed = new AtomicInteger();
    AtomicInteger denied = new AtomicInteger();
    ExecutorService clients = Executors.newFixedThreadPool(8);
    try (Server server = server(api)) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        running.add(
            clients.submit(
                () -> {
                  for (int i = 0; i < 250; i++) {
                    HttpResponse<String> answer = server.get("/api/a");
                    if (answer.statusCode() == 200) {
                      passed.incrementAndGet();
                    } else {
                      assertThat(answer.statusCode()).isEqualTo(429);
                      assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0))
                          .isBetween(1L, 36L);
                      assertThat(answer.headers().firstValue("RateLimit").orElseThrow())
                          .startsWith("\"api\";r=0;t=");
                      denied.incrementAndGet();
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> client : running) {
        client.get();
      }
      assertThat(passed).hasValue(100);
      assertThat(handled).hasValue(100);
      assertThat(denied).hasValue(1_900);
      assertThat(server.get("/api/b").statusCode()).as("another route").isEqualTo(200);
      assertThat(server.status(2, "GET /api/a")).as("another client").isEqualTo(200);
    } finally {
      clients.shutdown();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"GET /api/a", "GET /api/%61", "GET /api/a;x=1", "GET /api/a?x=1", "HEAD /api/a"})
  void k2_noSpellingOfARouteHasAFreshBucket(String requestLine) throws Exception {
    try (Server server = server(Throttle.of("api").rate("1/h").build())) {
      assertThat(server.get("/api/a").statusCode()).isEqualTo(200);
      // Javalin may not find the handler by this spelling; then it counts with all that match none.
      assertThat(server.status(1, requestLine)).isIn(404, 429);
      assertThat(server.status(1, requestLine)).isEqualTo(429);
      assertThat(server.get("/api/nothing").statusCode()).isIn(404, 429);
      assertThat(handled).hasValue(1);
    }
  }

  @Test
  void k2_madeUpMethodsAndPathsShareABucket() throws Exception {
    try (Server server = server(Throttle.of("api").rate("1/h").build())) {
      assertThat(server.status(1, "FOO /api/x")).isNotEqualTo(429);
      assertThat(server.status(1, "BAR /api/y")).isEqualTo(429);
      assertThat(server.get("/api/nothing-1").statusCode()).isEqualTo(404);
      assertThat(server.get("/api/nothing-2").statusCode()).isEqualTo(429);
    }
  }

  @Test
  void k2_theTemplateIsTheScopeInBeforeHandlersAndWrappers() throws Exception {
    Throttle user = Throttle.of("user").rate("1/h").build();
    try (Server server =
        new Server(
            config -> {
              config.registerPlugin(new TraffikPlugin(backend));
              config.routes.before("/before/*", throttled(user));
              config.routes.get("/before/{id}", ctx -> ctx.result("x"));
              config.routes.get("/wrapped/{id}", throttled(user, ctx -> ctx.result("x")));
            })) {
      assertThat(server.get("/before/1").statusCode()).isEqualTo(200);
      assertThat(server.get("/before/2").statusCode()).isEqualTo(429);
      assertThat(server.get("/wrapped/1").statusCode()).isEqualTo(200);
      assertThat(server.get("/wrapped/2").statusCode()).isEqualTo(429);
    }
  }

  @Test
  void i1_headersDoNotChangeWhoAClientIs() throws Exception {
    try (Server server = server(Throttle.of("api").rate("1/h").build())) {
      server.get("/api/a");
      assertThat(server.get("/api/a", "X-Forwarded-For", "192.0.2.7").statusCode()).isEqualTo(429);
      assertThat(server.get("/api/a", "Forwarded", "for=192.0.2.7").statusCode()).isEqualTo(429);
    }
  }

  @Test
  void i5_anExemptClientSeesNoLimit() throws Exception {
    Identifier staff = view -> "s3cret".equals(view.header("x-token")) ? Identity.EXEMPT : null;
    Throttle api = Throttle.of("api").rate("1/h").identifier(staff.or(Identifier.peer())).build();
    try (Server server = server(api)) {
      for (int i = 0; i < 5; i++) {
        HttpResponse<String> answer = server.get("/api/a", "X-Token", "s3cret");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("RateLimit")).isEmpty();
      }
      assertThat(server.get("/api/a").statusCode()).isEqualTo(200);
      assertThat(server.get("/api/a").statusCode()).isEqualTo(429);
    }
  }

  @Test
  void h1_theAnswerToADenialIsWhole() throws Exception {
    try (Server server = server(Throttle.of("api").rate("1/h").build())) {
      assertThat(server.get("/api/a").headers().firstValue("RateLimit-Policy"))
          .hasValue("\"api\";q=1;w=3600");
      HttpResponse<String> denied = server.get("/api/a");
      assertThat(denied.statusCode()).isEqualTo(429);
      assertThat(denied.headers().firstValue("Retry-After")).hasValue("3600");
      assertThat(denied.headers().firstValue("Content-Type").orElseThrow())
          .startsWith("application/problem+json");
      assertThat(denied.body()).contains("\"violated-policies\":[\"api\"]");
    }
  }

  @Test
  void h4_aRequestIsChargedOncePerThrottle() throws Exception {
    Throttle api = Throttle.of("api").rate("5/h").backend(backend).build();
    try (Server server =
        new Server(
            config -> {
              config.registerPlugin(new TraffikPlugin(backend, QuotaFields.BOTH));
              config.routes.before(throttled(api));
              config.routes.get(
                  "/",
                  throttled(
                      api,
                      ctx -> ctx.future(() -> CompletableFuture.runAsync(() -> ctx.result("x")))));
            })) {
      HttpResponse<String> answer = server.get("/");
      assertThat(answer.headers().firstValue("X-RateLimit-Remaining")).hasValue("4");
      assertThat(server.get("/").headers().firstValue("X-RateLimit-Remaining")).hasValue("3");
    }
  }

  @Test
  void h4_withoutThePluginADenialIsAnsweredAllTheSame() throws Exception {
    Throttle api = Throttle.of("api").rate("1/h").backend(backend).build();
    try (Server server =
        new Server(
            config -> {
              config.routes.before(throttled(api));
              config.routes.get("/", ctx -> ctx.result("" + handled.incrementAndGet()));
            })) {
      assertThat(server.get("/").statusCode()).isEqualTo(200);
      HttpResponse<String> denied = server.get("/");
      assertThat(denied.statusCode()).isEqualTo(429);
      assertThat(denied.headers().firstValue("Retry-After")).hasValue("3600");
      assertThat(handled).hasValue(1);
    }
  }

  @Test
  void t6_aLaterDenialGivesBackWhatTheEarlierTook() throws Exception {
    Throttle wide = Throttle.of("wide").rate("10/h").build();
    Throttle narrow = Throttle.of("narrow").rate("1/h").build();
    try (Server server =
        new Server(
            config -> {
              config.registerPlugin(new TraffikPlugin(backend));
              config.routes.before(throttled(wide));
              config.routes.get("/", throttled(narrow, ctx -> ctx.result("x")));
            })) {
      server.get("/");
      assertThat(server.get("/").headers().firstValue("RateLimit").orElseThrow())
          .startsWith("\"wide\";r=9;");
      assertThat(server.get("/").headers().firstValue("RateLimit").orElseThrow())
          .startsWith("\"wide\";r=9;");
    }
  }

  @ParameterizedTest
  @CsvSource({"ALLOW, 200", "DENY, 429", "RAISE, 500"})
  void f1_thePolicyDecidesWhenTheBackendFails(FailurePolicy policy, int status) throws Exception {
    Backend failing =
        new ForwardingBackend(backend) {
          @Override
          public long[] decide(
              Operation operation, QuotaPolicy quota, String identity, String scope, long cost) {
            throw new BackendException("out of reach");
          }
        };
    Throttle api = Throttle.of("api").rate("1/h").backend(failing).onBackendFailure(policy).build();
    try (Server server = server(api)) {
      HttpResponse<String> answer = server.get("/api/a");
      assertThat(answer.statusCode()).isEqualTo(status);
      assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
    }
  }

  @Test
  void h3_headerBytesOfAnyKindNeverBreakAnAnswer() throws Exception {
    try (Server server = server(Throttle.of("a\"\r\n\u00e9").rate("1/h").build())) {
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes(
          "GET /api/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-A: "
              .getBytes(StandardCharsets.US_ASCII));
      for (int b = 0x80; b < 0x100; b++) {
        request.write(b);
      }
      request.writeBytes("\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(server.status(1, request.toByteArray())).isEqualTo(200);
      assertThat(server.status(1, request.toByteArray())).isEqualTo(429);
    }
  }

  @Test
  void l4_thePluginResetsAndClosesUnlessPersistent() throws Exception {
    List<String> calls = new ArrayList<>();
    for (boolean persistent : new boolean[] {false, true}) {
      Backend recorded =
          new ForwardingBackend(backend) {
            @Override
            public boolean persistent() {
              return persistent;
            }

            @Override
            public void reset() {
              calls.add("reset");
              throw new BackendException("out of reach");
            }

            @Override
            public void close() {
              calls.add("close");
            }
          };
      new Server(config -> config.registerPlugin(new TraffikPlugin(recorded))).close();
    }
    assertThat(calls).containsExactly("reset", "close", "close");
  }

  @Test
  void l5_l6_oneThrottleUsesTheBackendOfEachServer() throws Exception {
    Throttle api = Throttle.of("api").rate("1/h").build();
    try (Server one = server(api);
        Server other =
            new Server(
                config -> {
                  config.registerPlugin(new TraffikPlugin(InMemoryBackend.create("other")));
                  config.routes.get("/api/a", throttled(api, ctx -> ctx.result("x")));
                })) {
      assertThat(one.get("/api/a").statusCode()).isEqualTo(200);
      assertThat(one.get("/api/a").statusCode()).isEqualTo(429);
      assertThat(other.get("/api/a").statusCode()).isEqualTo(200);
      assertThat(other.get("/api/a").statusCode()).isEqualTo(429);
    }
  }
}

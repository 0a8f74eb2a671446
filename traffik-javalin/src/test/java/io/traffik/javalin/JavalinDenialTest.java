package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Handler;
import io.traffik.FailurePolicy;
import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.http.RateLimitHeaders;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Status, header fields and body of denials. */
final class JavalinDenialTest {

  private static JavalinTestServer server(RateLimitHeaders fields, Handler handler) {
    return new JavalinTestServer(
        config -> {
          config.registerPlugin(new TraffikPlugin(TestBackends.inMemory(), fields));
          config.routes.get("/", handler);
        });
  }

  private static JavalinTestServer server(Throttle throttle) {
    return server(RateLimitHeaders.STANDARD, throttled(throttle, ctx -> ctx.result("x")));
  }

  private static void assertCompleteDenial(HttpResponse<String> response) throws Exception {
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Retry-After")).hasValue("30");
    assertThat(QuotaParser.quotas(response, "RateLimit-Policy"))
        .containsExactly(entry("api", Map.of("q", 2L, "w", 60L)));
    assertThat(QuotaParser.quotas(response, "RateLimit"))
        .containsExactly(entry("api", Map.of("r", 0L, "t", 60L)));
    assertThat(response.headers().allValues("Content-Type"))
        .containsExactly("application/problem+json");
    JsonNode problem = QuotaParser.problem(response);
    assertThat(problem.get("type").asText())
        .isEqualTo("https://iana.org/assignments/http-problem-types#quota-exceeded");
    assertThat(problem.get("status").asInt()).isEqualTo(429);
    assertThat(problem.get("violated-policies").toString()).isEqualTo("[\"api\"]");
  }

  @Test
  void h1_aDenialIsCompleteAndAnAllowedResponseHasTheQuota() throws Exception {
    try (JavalinTestServer server = server(Throttle.builder("api").rate("2/min").build())) {
      HttpResponse<String> allowed = server.get("/");
      assertThat(allowed.statusCode()).isEqualTo(200);
      assertThat(allowed.headers().firstValue("Retry-After")).isEmpty();
      assertThat(QuotaParser.quotas(allowed, "RateLimit"))
          .containsExactly(entry("api", Map.of("r", 1L, "t", 30L)));
      assertThat(QuotaParser.quotas(allowed, "RateLimit-Policy")).containsOnlyKeys("api");
      server.get("/");
      assertCompleteDenial(server.get("/"));
    }
  }

  @Test
  void h1_headIsAnsweredLikeGetWithoutTheBody() throws Exception {
    Throttle api = Throttle.builder("api").rate("1/min").build();
    try (JavalinTestServer server =
        new JavalinTestServer(
            config -> {
              config.registerPlugin(new TraffikPlugin(TestBackends.inMemory()));
              config.routes.before(throttled(api));
              config.routes.get("/", ctx -> ctx.result("x"));
            })) {
      server.get("/");
      HttpResponse<String> denied = server.send("HEAD", "/");
      assertThat(denied.statusCode()).isEqualTo(429);
      assertThat(denied.headers().firstValue("Retry-After")).hasValue("60");
      assertThat(denied.body()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void h1_aDenialThrownByTheHandlerIsAnsweredTheSame(boolean asynchronous) throws Exception {
    Throttle api = Throttle.builder("api").rate("2/min").build();
    Handler synchronous =
        ctx -> {
          api.enforce(JavalinView.of(ctx));
          ctx.result("x");
        };
    Handler handler =
        asynchronous
            ? ctx ->
                ctx.future(
                    () ->
                        CompletableFuture.runAsync(() -> {})
                            .thenRun(() -> api.enforce(JavalinView.of(ctx)))
                            .thenRun(() -> ctx.result("x")))
            : synchronous;
    try (JavalinTestServer server = server(RateLimitHeaders.STANDARD, handler)) {
      assertThat(server.get("/").body()).isEqualTo("x");
      server.get("/");
      assertCompleteDenial(server.get("/"));
    }
  }

  @Test
  void b5_h1_anImpossibleCostHasNoRetryAfter() throws Exception {
    Throttle api = Throttle.builder("api").rate("2/min").cost(view -> 3).build();
    try (JavalinTestServer server = server(api)) {
      HttpResponse<String> denied = server.get("/");
      assertThat(denied.statusCode()).isEqualTo(429);
      assertThat(denied.headers().firstValue("Retry-After")).isEmpty();
      assertThat(QuotaParser.remaining(denied, "api")).isEqualTo(2);
      assertThat(QuotaParser.problem(denied).get("detail").asText())
          .contains("exceeds the capacity");
    }
  }

  @ParameterizedTest
  @EnumSource(RateLimitHeaders.class)
  void h2_thePluginSelectsTheHeaderFields(RateLimitHeaders fields) throws Exception {
    Throttle api = Throttle.builder("api").rate("2/min").build();
    boolean standard = fields == RateLimitHeaders.STANDARD || fields == RateLimitHeaders.BOTH;
    boolean legacy = fields == RateLimitHeaders.LEGACY || fields == RateLimitHeaders.BOTH;
    try (JavalinTestServer server = server(fields, throttled(api, ctx -> ctx.result("x")))) {
      for (int status : new int[] {200, 200, 429}) {
        HttpResponse<String> response = server.get("/");
        assertThat(response.statusCode()).isEqualTo(status);
        Map<String, ?> headers = response.headers().map();
        assertThat(headers.containsKey("ratelimit")).isEqualTo(standard);
        assertThat(headers.containsKey("ratelimit-policy")).isEqualTo(standard);
        assertThat(headers.containsKey("x-ratelimit-limit")).isEqualTo(legacy);
        assertThat(headers.containsKey("x-ratelimit-remaining")).isEqualTo(legacy);
        assertThat(headers.containsKey("x-ratelimit-reset")).isEqualTo(legacy);
        assertThat(headers.containsKey("retry-after")).isEqualTo(status == 429);
      }
    }
  }

  @Test
  void h2_severalRatesAreListedInOneField() throws Exception {
    Throttle api = Throttle.builder("api").rate("2/min").rate("5/h").build();
    try (JavalinTestServer server = server(api)) {
      HttpResponse<String> response = server.get("/");
      assertThat(QuotaParser.remaining(response, "api-1")).isEqualTo(1);
      assertThat(QuotaParser.remaining(response, "api-2")).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\"b\\c", "a\r\nSet-Cookie: x=1", "\u00e4\u0000\ud83d\ude00", "%41"})
  void h3_noUidBreaksAResponse(String uid) throws Exception {
    try (JavalinTestServer server = server(Throttle.builder(uid).rate("1/h").build())) {
      server.get("/");
      HttpResponse<String> denied = server.get("/");
      assertThat(denied.statusCode()).isEqualTo(429);
      assertThat(denied.headers().map()).doesNotContainKey("set-cookie");
      assertThat(QuotaParser.quotas(denied, "RateLimit")).hasSize(1);
      assertThat(QuotaParser.problem(denied).get("violated-policies").get(0).asText())
          .isEqualTo(uid);
    }
  }

  @Test
  void h3_noByteOfARequestHeaderBreaksOrEntersAResponse() throws Exception {
    Throttle api =
        Throttle.builder("api")
            .rate("1/h")
            .identifier(view -> Identity.of("key:" + view.header("X-Api-Key")))
            .build();
    try (JavalinTestServer server = server(api)) {
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes(
          "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Api-Key: canary"
              .getBytes(StandardCharsets.US_ASCII));
      for (int b = 0x80; b < 0x100; b++) {
        request.write(b);
      }
      request.writeBytes("\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(server.raw(1, request.toByteArray())).startsWith("HTTP/1.1 200");
      assertThat(server.raw(1, request.toByteArray()))
          .startsWith("HTTP/1.1 429")
          .doesNotContain("canary");
    }
  }

  @Test
  void i5_anExemptClientHasNoLimitAndNoHeaderFields() throws Exception {
    Identifier staff = view -> "s3cret".equals(view.header("x-token")) ? Identity.EXEMPT : null;
    Throttle api =
        Throttle.builder("api")
            .rate("1/h")
            .identifier(staff.or(Identifier.remoteAddress()))
            .build();
    try (JavalinTestServer server = server(api)) {
      for (int i = 0; i < 5; i++) {
        HttpResponse<String> response = server.get("/", "X-Token", "s3cret");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().map()).doesNotContainKeys("ratelimit", "ratelimit-policy");
      }
      assertThat(server.get("/").statusCode()).isEqualTo(200);
      assertThat(server.get("/").statusCode()).isEqualTo(429);
    }
  }

  @ParameterizedTest
  @CsvSource({"ALLOW, 200", "DENY, 503", "THROW, 503"})
  void f1_thePolicyDecidesWhenTheBackendFails(FailurePolicy policy, int status) throws Exception {
    Throttle api =
        Throttle.builder("api")
            .rate("1/h")
            .backend(TestBackends.failing())
            .onBackendFailure(policy)
            .build();
    try (JavalinTestServer server = server(api)) {
      HttpResponse<String> response = server.get("/");
      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(response.headers().map()).doesNotContainKey("ratelimit");
      assertThat(response.headers().firstValue("retry-after"))
          .isEqualTo(status == 503 ? Optional.of("1") : Optional.empty());
    }
  }
}

package io.traffik.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.traffik.BackendException;
import io.traffik.ConnectionThrottledException;
import io.traffik.FailurePolicy;
import io.traffik.OverloadException;
import io.traffik.Scope;
import io.traffik.Throttle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The response to a denied request: header fields and problem document. */
final class HttpDenialTest {

  private final RequestFixture fixture = new RequestFixture();

  @Test
  void h1_denialHasRetryAfterFieldsAndProblem() throws Exception {
    Throttle api = fixture.throttle("api", "1/30s").build();
    fixture.headersAfter(api);
    fixture.clock.set(100);
    HttpDenial denial = fixture.denial(new ThrottledRequest(), api, RateLimitHeaders.STANDARD);
    assertThat(denial.status()).isEqualTo(429);
    assertThat(denial.headers())
        .containsEntry("Retry-After", "30")
        .containsEntry("RateLimit-Policy", "\"api\";q=1;w=30")
        .containsEntry("RateLimit", "\"api\";r=0;t=30")
        .containsEntry("Content-Type", "application/problem+json");
    JsonNode problem = new ObjectMapper().readTree(denial.body());
    assertThat(problem.get("type").asText())
        .isEqualTo("https://iana.org/assignments/http-problem-types#quota-exceeded");
    assertThat(problem.get("status").asInt()).isEqualTo(429);
    assertThat(problem.get("detail").asText()).isEqualTo("Retry after 30 seconds.");
    assertThat(problem.get("violated-policies").get(0).asText()).isEqualTo("api");
  }

  @Test
  void h1_theProblemNamesAllViolatedPolicies() throws Exception {
    Throttle api =
        Throttle.builder("api")
            .rate("1/min")
            .rate("9/min")
            .rate("1/h")
            .backend(fixture.backend)
            .build();
    fixture.headersAfter(api);
    JsonNode problem =
        new ObjectMapper()
            .readTree(
                fixture.denial(new ThrottledRequest(), api, RateLimitHeaders.STANDARD).body());
    assertThat(problem.get("violated-policies")).hasSize(2);
    assertThat(problem.get("violated-policies").get(0).asText()).isEqualTo("api-1");
    assertThat(problem.get("violated-policies").get(1).asText()).isEqualTo("api-3");
  }

  @Test
  void h1_retryAfterIsAtLeastOneSecond() {
    Throttle api = fixture.throttle("api", "1/5ms").build();
    fixture.headersAfter(api);
    HttpDenial denial = fixture.denial(new ThrottledRequest(), api, RateLimitHeaders.NONE);
    assertThat(denial.headers()).containsEntry("Retry-After", "1");
    assertThat(denial.body()).contains("\"detail\":\"Retry after 1 second.\"");
  }

  @Test
  void h1_b5_retryAfterIsOmittedWhereWaitingDoesNotHelp() {
    Throttle api = fixture.throttle("api", "2/s").cost(view -> 3).build();
    assertThat(fixture.denial(new ThrottledRequest(), api, RateLimitHeaders.STANDARD).headers())
        .doesNotContainKey("Retry-After")
        .containsEntry("RateLimit", "\"api\";r=2;t=0");
  }

  @Test
  void f1_f6_h1_aDenialForFailureOrOverloadIs503() throws Exception {
    for (RuntimeException failure :
        List.of(new BackendException("down"), new OverloadException("too many calls wait"))) {
      Throttle api =
          Throttle.builder("api")
              .rate("1/h")
              .backend(new ThrowingBackend(fixture.backend, failure))
              .onBackendFailure(FailurePolicy.DENY)
              .build();
      HttpDenial denial = fixture.denial(new ThrottledRequest(), api, RateLimitHeaders.BOTH);
      assertThat(denial.status()).isEqualTo(503);
      assertThat(denial.headers())
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("Content-Type", "application/problem+json", "Retry-After", "1"));
      JsonNode problem = new ObjectMapper().readTree(denial.body());
      assertThat(problem.get("type").asText())
          .isEqualTo("https://iana.org/assignments/http-problem-types#temporary-reduced-capacity");
      assertThat(problem.get("title").asText()).isEqualTo("Service Unavailable");
      assertThat(problem.get("status").asInt()).isEqualTo(503);
      assertThat(problem.get("detail").asText()).isEqualTo("Retry after 1 second.");
      assertThat(problem.has("violated-policies")).isFalse();
    }
  }

  /** Responses are kept; each of these differs from the one before in one part of the key. */
  @Test
  void h1_aKeptResponseIsSentOnlyWhereAllItsPartsAreEqual() {
    Throttle api = fixture.throttle("api", "2/30s").cost(2).build();
    Throttle other = fixture.throttle("other", "2/30s").cost(2).build();
    Throttle larger = fixture.throttle("api", "4/30s").cost(4).scope(Scope.ROUTE).build();
    List.of(api, other, larger).forEach(fixture::headersAfter);
    assertDenial(api, RateLimitHeaders.STANDARD, "\"api\";r=0;t=30", "30");
    assertDenial(api, RateLimitHeaders.STANDARD, "\"api\";r=0;t=30", "30");
    assertDenial(api, RateLimitHeaders.NONE, null, "30");
    assertDenial(other, RateLimitHeaders.STANDARD, "\"other\";r=0;t=30", "30");
    assertThat(fixture.denial(new ThrottledRequest(), larger, RateLimitHeaders.STANDARD).headers())
        .containsEntry("RateLimit-Policy", "\"api\";q=4;w=30");
    Throttle cheaper = fixture.throttle("api", "2/30s").cost(view -> 1).build();
    assertDenial(cheaper, RateLimitHeaders.STANDARD, "\"api\";r=0;t=30", "15");
    fixture.clock.set(15_000_000_000L);
    assertDenial(api, RateLimitHeaders.STANDARD, "\"api\";r=1;t=15", "15");
    fixture.clock.set(29_000_000_000L);
    assertDenial(api, RateLimitHeaders.STANDARD, "\"api\";r=1;t=1", "1");
  }

  private void assertDenial(
      Throttle throttle, RateLimitHeaders style, @Nullable String quota, String retryAfter) {
    HttpDenial denial = fixture.denial(new ThrottledRequest(), throttle, style);
    assertThat(denial.headers().get("RateLimit")).isEqualTo(quota);
    assertThat(denial.headers()).containsEntry("Retry-After", retryAfter);
    assertThat(denial.body())
        .contains("Retry after " + retryAfter + " second", "[\"" + throttle.uid() + "\"]");
  }

  @Test
  void h5_headersOfAHandlerAreSentWithItsOwnDenialOnly() {
    Throttle plain = fixture.throttle("api", "1/h").build();
    Throttle own = denyingWith(Map.of("retry-after", "7"));
    Throttle more = denyingWith(Map.of("X-Why", "y"));
    fixture.headersAfter(plain);
    for (int i = 0; i < 2; i++) {
      assertThat(fixture.denial(new ThrottledRequest(), own, RateLimitHeaders.NONE).headers())
          .containsEntry("Retry-After", "7");
      assertThat(fixture.denial(new ThrottledRequest(), more, RateLimitHeaders.NONE).headers())
          .containsEntry("Retry-After", "3600")
          .containsEntry("X-Why", "y");
      assertThat(fixture.denial(new ThrottledRequest(), plain, RateLimitHeaders.NONE).headers())
          .containsEntry("Retry-After", "3600")
          .doesNotContainKey("X-Why");
    }
  }

  /** A subclass of the application may have another status, which a kept response must not get. */
  @Test
  void h5_aDenialOfASubclassIsNotKept() {
    Throttle plain = fixture.throttle("api", "1/h").build();
    Throttle own =
        fixture
            .throttle("api", "1/h")
            .onThrottled(
                (view, decision, throttle) -> {
                  throw new ConnectionThrottledException(throttle, decision) {
                    @Override
                    public int status() {
                      return 403;
                    }
                  };
                })
            .build();
    fixture.headersAfter(plain);
    for (int i = 0; i < 2; i++) {
      assertThat(fixture.denial(new ThrottledRequest(), own, RateLimitHeaders.NONE).status())
          .isEqualTo(403);
      assertThat(fixture.denial(new ThrottledRequest(), plain, RateLimitHeaders.NONE).status())
          .isEqualTo(429);
    }
  }

  private Throttle denyingWith(Map<String, String> headers) {
    return fixture
        .throttle("api", "1/h")
        .onThrottled(
            (view, decision, throttle) -> {
              throw new ConnectionThrottledException(throttle, decision, headers);
            })
        .build();
  }

  @Test
  void h3_headersOfAHandlerCannotSplitTheResponse() {
    Throttle api =
        fixture
            .throttle("api", "1/h")
            .onThrottled(
                (view, decision, throttle) -> {
                  throw new ConnectionThrottledException(
                      throttle,
                      decision,
                      Map.of("X-Why", "a\r\nSet-Cookie: é", "Bad Name", "x", "X-Ok", "fine"));
                })
            .build();
    fixture.headersAfter(api);
    assertThat(fixture.denial(new ThrottledRequest(), api, RateLimitHeaders.NONE).headers())
        .containsEntry("X-Why", "a??Set-Cookie: ?")
        .containsEntry("X-Ok", "fine")
        .doesNotContainKey("Bad Name");
  }

  /** Only the server sends these fields (RFC 9110, section 7.6.1; RFC 9112, section 6). */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection",
        "content-LENGTH",
        "Content-Encoding",
        "Keep-Alive",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade"
      })
  void h3_headersOfAHandlerCannotChangeFraming(String name) {
    Throttle api =
        fixture
            .throttle("api", "1/h")
            .cost(view -> 2)
            .onThrottled(
                (view, decision, throttle) -> {
                  throw new ConnectionThrottledException(throttle, decision, Map.of(name, "3"));
                })
            .build();
    assertThat(fixture.denial(new ThrottledRequest(), api, RateLimitHeaders.NONE).headers())
        .containsOnlyKeys("Content-Type");
  }

  @Test
  void h1_fieldsOfTheReplacedContentAreDropped() {
    Map<String, List<String>> response = new LinkedHashMap<>();
    response.put("Vary", List.of("Origin", "Cookie"));
    response.put("ETAG", List.of("\"1\""));
    response.put("cache-control", List.of("public"));
    response.put("Access-Control-Allow-Origin", List.of("*"));
    assertThat(HttpDenial.retainedHeaders(response.keySet(), response::get))
        .containsExactly(
            entry("Vary", List.of("Origin", "Cookie")),
            entry("Access-Control-Allow-Origin", List.of("*")));
  }
}

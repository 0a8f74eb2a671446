package io.traffik.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.greenbytes.http.sfv.IntegerItem;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;

/**
 * The quota of one rate as a response reports it, read by an independent parser of structured
 * fields.
 */
record ResponseQuota(String name, long q, long w, long r, long t) {

  private static final String RATE_LIMIT_HEADER = "(?i)(x-)?ratelimit.*|retry-after";

  static List<ResponseQuota> of(HttpResponse<?> response) {
    List<ListElement<?>> policies = list(response, "RateLimit-Policy");
    List<ListElement<?>> states = list(response, "RateLimit");
    assertThat(states).hasSameSizeAs(policies);
    List<ResponseQuota> quotas = new ArrayList<>();
    for (int i = 0; i < policies.size(); i++) {
      String name = ((StringItem) policies.get(i)).get();
      assertThat(((StringItem) states.get(i)).get()).isEqualTo(name);
      quotas.add(
          new ResponseQuota(
              name,
              number(policies.get(i), "q"),
              number(policies.get(i), "w"),
              number(states.get(i), "r"),
              number(states.get(i), "t")));
    }
    return quotas;
  }

  private static List<ListElement<?>> list(HttpResponse<?> response, String field) {
    List<String> lines = response.headers().allValues(field);
    assertThat(lines).as(field).hasSizeLessThanOrEqualTo(1);
    return List.copyOf(new Parser(lines).parseList().get());
  }

  private static long number(ListElement<?> item, String parameter) {
    return ((IntegerItem) item.getParams().get(parameter)).getAsLong();
  }

  static Stream<String> rateLimitHeaders(HttpResponse<?> response) {
    return response.headers().map().keySet().stream()
        .filter(name -> name.matches(RATE_LIMIT_HEADER));
  }

  /** Checks a denial including {@code Retry-After}, and returns its problem document. */
  static JsonNode assertDenied(HttpResponse<String> response, String policy, long retryAfter)
      throws Exception {
    JsonNode problem = assertDenied(response, policy);
    assertThat(response.headers().allValues("Retry-After"))
        .containsExactly(Long.toString(retryAfter));
    return problem;
  }

  /** Checks a denial except for {@code Retry-After}, and returns its problem document. */
  static JsonNode assertDenied(HttpResponse<String> response, String policy) throws Exception {
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/problem+json");
    JsonNode problem = new ObjectMapper().readTree(response.body());
    assertThat(problem.path("type").asText())
        .isEqualTo("https://iana.org/assignments/http-problem-types#quota-exceeded");
    assertThat(problem.path("status").asInt()).isEqualTo(429);
    assertThat(problem.path("violated-policies")).hasSize(1);
    assertThat(problem.path("violated-policies").path(0).asText()).isEqualTo(policy);
    return problem;
  }
}

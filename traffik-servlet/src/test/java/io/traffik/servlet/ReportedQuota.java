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

/** What an answer tells of one rate, read by a parser of structured fields that is not ours. */
record ReportedQuota(String name, long q, long w, long r, long t) {

  private static final String ANY_QUOTA_FIELD = "(?i)(x-)?ratelimit.*|retry-after";

  static List<ReportedQuota> in(HttpResponse<?> answer) {
    List<ListElement<?>> policies = list(answer, "RateLimit-Policy");
    List<ListElement<?>> states = list(answer, "RateLimit");
    assertThat(states).hasSameSizeAs(policies);
    List<ReportedQuota> told = new ArrayList<>();
    for (int i = 0; i < policies.size(); i++) {
      String name = ((StringItem) policies.get(i)).get();
      assertThat(((StringItem) states.get(i)).get()).isEqualTo(name);
      told.add(
          new ReportedQuota(
              name,
              number(policies.get(i), "q"),
              number(policies.get(i), "w"),
              number(states.get(i), "r"),
              number(states.get(i), "t")));
    }
    return told;
  }

  private static List<ListElement<?>> list(HttpResponse<?> answer, String field) {
    List<String> lines = answer.headers().allValues(field);
    assertThat(lines).as(field).hasSizeLessThanOrEqualTo(1);
    return List.copyOf(new Parser(lines).parseList().get());
  }

  private static long number(ListElement<?> item, String parameter) {
    return ((IntegerItem) item.getParams().get(parameter)).getAsLong();
  }

  static Stream<String> rateLimitHeaders(HttpResponse<?> answer) {
    return answer.headers().map().keySet().stream().filter(name -> name.matches(ANY_QUOTA_FIELD));
  }

  /** Checks everything about a denial that waiting helps, and gives its problem document. */
  static JsonNode assertDenied(HttpResponse<String> answer, String policy, long retryAfter)
      throws Exception {
    JsonNode problem = assertDenied(answer, policy);
    assertThat(answer.headers().allValues("Retry-After"))
        .containsExactly(Long.toString(retryAfter));
    return problem;
  }

  /** Checks everything about a denial but {@code Retry-After}. */
  static JsonNode assertDenied(HttpResponse<String> answer, String policy) throws Exception {
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/problem+json");
    JsonNode problem = new ObjectMapper().readTree(answer.body());
    assertThat(problem.path("type").asText())
        .isEqualTo("https://iana.org/assignments/http-problem-types#quota-exceeded");
    assertThat(problem.path("status").asInt()).isEqualTo(429);
    assertThat(problem.path("violated-policies")).hasSize(1);
    assertThat(problem.path("violated-policies").path(0).asText()).isEqualTo(policy);
    return problem;
  }
}

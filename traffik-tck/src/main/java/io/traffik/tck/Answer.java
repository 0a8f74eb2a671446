package io.traffik.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a server answered, and what must hold of it.
 *
 * @param request what was asked, for messages
 * @param status the status code; 0 if the connection was closed without an answer
 * @param head status line and header fields as they came; without an answer why there is none
 * @param fields the lines of each field, by its name in lower case
 * @param body the content
 */
record Answer(
    String request, int status, String head, Map<String, List<String>> fields, String body) {

  static final String QUOTA_EXCEEDED =
      "https://iana.org/assignments/http-problem-types#quota-exceeded";

  private static final int SHOWN = 1_000;

  /** The connection was closed, or never there; a server that is silent is no answer at all. */
  static Answer none(String request, IOException reason) {
    return new Answer(request, 0, reason.toString(), Map.of(), "");
  }

  List<String> lines(String name) {
    return fields.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  List<ReportedQuota> told() {
    return ReportedQuota.of(lines("RateLimit-Policy"), lines("RateLimit"));
  }

  /** The one line of each of the {@code X-RateLimit} fields that are there. */
  List<String> legacy() {
    List<String> found = new ArrayList<>();
    for (String name : List.of("Limit", "Remaining", "Reset")) {
      found.addAll(lines("X-RateLimit-" + name));
    }
    return found;
  }

  /** The handler answered, and the client is told these quotas and no others. */
  void mustBeServed(PlannedRoute route, ReportedQuota... told) {
    mustHaveStatus(200);
    assertEquals(route.body(), body, () -> "the handler's body, " + this);
    mustNotHave("Retry-After");
    mustTell(told);
  }

  /** A denial that ends after some seconds. */
  void mustBeDenied(String policy, long retryAfter, ReportedQuota... told) {
    mustHaveStatus(429);
    assertEquals(
        List.of(Long.toString(retryAfter)),
        lines("Retry-After"),
        () -> "Retry-After in whole seconds, rounded up, " + this);
    mustTell(told);
    mustBeAProblem(policy);
  }

  /** A denial that no waiting ends, as far as anybody knows. */
  void mustBeDeniedWithoutAWait(String policy, ReportedQuota... told) {
    mustHaveStatus(429);
    mustNotHave("Retry-After");
    mustTell(told);
    mustBeAProblem(policy);
  }

  /** The framework's own way to say that something went wrong: 5xx, or no answer at all. */
  void mustBeAFailure() {
    assertTrue(status == 0 || status >= 500, () -> "an exception must end as 5xx, " + this);
  }

  void mustHaveStatus(int expected) {
    assertEquals(expected, status, () -> "status, " + this);
  }

  void mustNotHave(String field) {
    assertEquals(List.of(), lines(field), () -> "there must be no " + field + ", " + this);
  }

  /** The standard fields tell this much, and there are no others. */
  void mustTell(ReportedQuota... expected) {
    assertEquals(List.of(expected), read(), () -> "the quotas told, " + this);
    assertEquals(List.of(), legacy(), () -> "no X-RateLimit fields were asked for, " + this);
  }

  private List<ReportedQuota> read() {
    try {
      return told();
    } catch (IllegalArgumentException e) {
      throw new AssertionError("RateLimit-Policy and RateLimit: " + e.getMessage() + ", " + this);
    }
  }

  void mustBeAProblem(String policy) {
    assertEquals(
        List.of("application/problem+json"),
        lines("Content-Type").stream().map(line -> line.split(";", -1)[0].strip()).toList(),
        () -> "Content-Type, " + this);
    Map<?, ?> problem = assertInstanceOf(Map.class, json(), () -> "the problem, " + this);
    assertEquals(QUOTA_EXCEEDED, problem.get("type"), () -> "the problem's type, " + this);
    assertEquals(BigDecimal.valueOf(429), problem.get("status"), () -> "its status, " + this);
    assertInstanceOf(String.class, problem.get("title"), () -> "its title, " + this);
    assertInstanceOf(String.class, problem.get("detail"), () -> "its detail, " + this);
    assertEquals(List.of(policy), problem.get("violated-policies"), () -> "its policies, " + this);
  }

  private Object json() {
    try {
      return Json.parse(body);
    } catch (IllegalArgumentException e) {
      throw new AssertionError("the body must be JSON: " + e.getMessage() + ", " + this);
    }
  }

  @Override
  public String toString() {
    String text =
        request
            + (status == 0 ? " was not answered: " : " was answered: ")
            + (head + "\n\n" + body).strip().replaceAll("\\s*\n\\s*", " | ");
    return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
  }
}

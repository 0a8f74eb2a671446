package io.traffik.tck.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A server's response to one request, with the assertions that the rules make about it.
 *
 * @param request the request line, for failure messages
 * @param status the status code; 0 if the connection was closed without a response
 * @param head the status line and header fields as received; without a response, the reason
 * @param fields the lines of each field, by its name in lower case
 * @param body the content
 */
public record ReceivedResponse(
    String request, int status, String head, Map<String, List<String>> fields, String body) {

  private static final String PROBLEM_TYPES = "https://iana.org/assignments/http-problem-types#";

  /** The problem type that a denial must have. */
  public static final String QUOTA_EXCEEDED = PROBLEM_TYPES + "quota-exceeded";

  private static final int MAX_TEXT = 1_000;

  /** The result of a refused or closed connection. A timeout is a failure instead. */
  static ReceivedResponse none(String request, IOException reason) {
    return new ReceivedResponse(request, 0, reason.toString(), Map.of(), "");
  }

  /** The lines of a field, in the order received; empty if the field is absent. */
  public List<String> lines(String name) {
    return fields.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  /** The quotas in the standard fields. */
  public List<ReportedQuota> quotas() {
    return ReportedQuota.of(lines("RateLimit-Policy"), lines("RateLimit"));
  }

  /** The lines of {@code X-RateLimit-Limit}, {@code -Remaining} and {@code -Reset}. */
  public List<String> legacyFields() {
    List<String> lines = new ArrayList<>();
    for (String name : List.of("Limit", "Remaining", "Reset")) {
      lines.addAll(lines("X-RateLimit-" + name));
    }
    return lines;
  }

  /** Asserts that the handler sent this body, and that exactly these quotas are reported. */
  public void assertServed(String expectedBody, ReportedQuota... quotas) {
    assertStatus(200);
    assertEquals(expectedBody, body, () -> "the body must be the handler's: " + this);
    assertAbsent("Retry-After");
    assertQuotas(quotas);
  }

  /** Asserts that the request was denied for this number of seconds. */
  public void assertDenied(String policy, long retryAfter, ReportedQuota... quotas) {
    assertStatus(429);
    assertEquals(
        List.of(Long.toString(retryAfter)),
        lines("Retry-After"),
        () -> "Retry-After must be in whole seconds, rounded up: " + this);
    assertQuotas(quotas);
    assertProblem(policy);
  }

  /** Asserts that the request was denied without a time to retry. */
  public void assertDeniedWithoutRetryAfter(String policy, ReportedQuota... quotas) {
    assertStatus(429);
    assertAbsent("Retry-After");
    assertQuotas(quotas);
    assertProblem(policy);
  }

  /** Asserts that the server could not decide, and asks the client to wait: without quotas. */
  public void assertUnavailable(long retryAfter) {
    assertStatus(503);
    assertEquals(
        List.of(Long.toString(retryAfter)), lines("Retry-After"), () -> "Retry-After: " + this);
    assertQuotas();
    Map<?, ?> problem = readProblem(PROBLEM_TYPES + "temporary-reduced-capacity", 503);
    assertNull(
        problem.get("violated-policies"),
        () -> "the client violated no policy, but the problem names one: " + this);
  }

  /** Asserts that the framework reported an exception: by 5xx, or by closing the connection. */
  public void assertServerError() {
    assertTrue(
        status == 0 || status >= 500,
        () -> "an exception must lead to status 5xx or a closed connection: " + this);
  }

  public void assertStatus(int expected) {
    assertEquals(expected, status, () -> "wrong status: " + this);
  }

  public void assertAbsent(String field) {
    assertEquals(List.of(), lines(field), () -> field + " must be absent: " + this);
  }

  /** Asserts that the standard fields report exactly these quotas, without legacy fields. */
  public void assertQuotas(ReportedQuota... expected) {
    assertEquals(
        List.of(expected),
        readQuotas(),
        () -> "wrong quotas in RateLimit-Policy and RateLimit: " + this);
    assertEquals(
        List.of(),
        legacyFields(),
        () -> "X-RateLimit fields are not enabled and must be absent: " + this);
  }

  private List<ReportedQuota> readQuotas() {
    try {
      return quotas();
    } catch (IllegalArgumentException e) {
      throw new AssertionError(
          "RateLimit-Policy and RateLimit must be valid: " + e.getMessage() + "; " + this, e);
    }
  }

  /** Asserts that the body is a problem document (RFC 9457) that names the violated policy. */
  public void assertProblem(String policy) {
    Map<?, ?> problem = readProblem(QUOTA_EXCEEDED, 429);
    assertEquals(
        List.of(policy),
        problem.get("violated-policies"),
        () -> "wrong member \"violated-policies\" of the problem: " + this);
  }

  private Map<?, ?> readProblem(String type, int expectedStatus) {
    assertEquals(
        List.of("application/problem+json"),
        lines("Content-Type").stream().map(line -> line.split(";", -1)[0].strip()).toList(),
        () -> "wrong Content-Type of a denial: " + this);
    Map<?, ?> problem =
        assertInstanceOf(Map.class, readJson(), () -> "the problem must be a JSON object: " + this);
    assertEquals(type, problem.get("type"), () -> "wrong member \"type\" of the problem: " + this);
    assertEquals(
        BigDecimal.valueOf(expectedStatus),
        problem.get("status"),
        () -> "wrong member \"status\" of the problem: " + this);
    for (String member : List.of("title", "detail")) {
      assertInstanceOf(
          String.class,
          problem.get(member),
          () -> "member \"" + member + "\" of the problem must be a string: " + this);
    }
    return problem;
  }

  private Object readJson() {
    try {
      return StrictJson.parse(body);
    } catch (IllegalArgumentException e) {
      throw new AssertionError("the body must be JSON: " + e.getMessage() + "; " + this, e);
    }
  }

  @Override
  public String toString() {
    String text =
        request
            + (status == 0 ? " had no response: " : " had the response: ")
            + (head + "\n\n" + body).strip().replaceAll("\\s*\n\\s*", " | ");
    return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "…" : text;
  }
}

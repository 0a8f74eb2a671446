package io.traffik.http;

import io.traffik.ConnectionThrottledException;
import io.traffik.Decision;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * The response to a denied request: a status, header fields and a problem document (RFC 9457). No
 * part is null.
 *
 * @param status 429 (RFC 6585, section 4) if the client reached a limit; 503 (RFC 9110, section
 *     15.6.4) if the backend failed or the server is overloaded
 * @param headers {@code Content-Type}, {@code Retry-After} if the time is known and waiting helps,
 *     the {@code RateLimit} fields, and the exception's fields without those that would break the
 *     response; safe to send unchanged
 * @param body the problem document, in ASCII
 */
public record HttpDenial(int status, Map<String, String> headers, String body) {

  /**
   * Creates a response.
   *
   * @param status 429 or 503
   * @param headers not null
   * @param body not null
   */
  public HttpDenial {
    Objects.requireNonNull(headers, "headers must not be null");
    Objects.requireNonNull(body, "body must not be null");
  }

  static final String CONTENT_TYPE = "application/problem+json";

  private static final int TOO_MANY_REQUESTS = 429;

  static final int SERVICE_UNAVAILABLE = 503;

  private static final String PROBLEM_TYPES = "https://iana.org/assignments/http-problem-types#";

  /** Fields that describe the content, or control how long it is cached. */
  private static final Set<String> CONTENT_HEADERS =
      Set.of(
          "accept-ranges",
          "cache-control",
          "content-digest",
          "content-disposition",
          "content-encoding",
          "content-language",
          "content-length",
          "content-location",
          "content-range",
          "content-type",
          "etag",
          "expires",
          "last-modified",
          "repr-digest",
          "transfer-encoding");

  /**
   * Selects the header fields that a response keeps when a denial replaces its content. Fields that
   * describe the old content, or control how long it is cached, are dropped. Others, for example
   * those of CORS, are kept.
   *
   * @param names the names of the response's fields, in any case; not null
   * @param values returns the values of a field, at least one; not null
   * @return values by name, in the order of the names
   */
  public static Map<String, List<String>> retainedHeaders(
      Collection<String> names, Function<String, ? extends Collection<String>> values) {
    Objects.requireNonNull(names, "names must not be null");
    Objects.requireNonNull(values, "values must not be null");
    Map<String, List<String>> retained = new LinkedHashMap<>();
    for (String name : names) {
      if (!CONTENT_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
        retained.put(name, List.copyOf(values.apply(name)));
      }
    }
    return retained;
  }

  static String body(ConnectionThrottledException thrown) {
    int status = thrown.status();
    boolean limited = status == TOO_MANY_REQUESTS;
    StringBuilder json = new StringBuilder(256);
    json.append("{\"type\":\"").append(PROBLEM_TYPES);
    json.append(limited ? "quota-exceeded" : "temporary-reduced-capacity");
    json.append("\",\"title\":\"").append(ConnectionThrottledException.reasonPhrase(status));
    json.append("\",\"status\":").append(status).append(",\"detail\":");
    appendString(json, detail(thrown));
    if (limited) {
      appendViolatedPolicies(json, thrown.decision());
    }
    return json.append('}').toString();
  }

  /** The problem document of a request that a failed backend could not decide. */
  static String unavailableBody(long retryAfterSeconds) {
    return "{\"type\":\""
        + PROBLEM_TYPES
        + "temporary-reduced-capacity\",\"title\":\""
        + ConnectionThrottledException.reasonPhrase(SERVICE_UNAVAILABLE)
        + "\",\"status\":"
        + SERVICE_UNAVAILABLE
        + ",\"detail\":\""
        + ConnectionThrottledException.retryAdvice(retryAfterSeconds)
        + "\"}";
  }

  private static void appendViolatedPolicies(StringBuilder json, Decision decision) {
    json.append(",\"violated-policies\":[");
    String separator = "";
    for (String name : decision.violatedPolicies()) {
      json.append(separator);
      appendString(json, name);
      separator = ",";
    }
    json.append(']');
  }

  private static String detail(ConnectionThrottledException thrown) {
    if (thrown.decision().impossible()) {
      return "The cost of this request exceeds the capacity of the quota.";
    }
    OptionalLong seconds = thrown.retryAfterSeconds();
    return seconds.isPresent()
        ? ConnectionThrottledException.retryAdvice(seconds.getAsLong())
        : "The quota does not allow this request now.";
  }

  private static void appendString(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}

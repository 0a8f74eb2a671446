package io.traffik.http;

import static java.lang.String.CASE_INSENSITIVE_ORDER;

import io.traffik.ConnectionThrottledException;
import io.traffik.Decision;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
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

  /** Characters that a problem document usually needs. */
  private static final int BODY_LENGTH = 256;

  private static final String LIMITED = problem("quota-exceeded", TOO_MANY_REQUESTS);
  private static final String UNAVAILABLE =
      problem("temporary-reduced-capacity", SERVICE_UNAVAILABLE);

  /** Fields that describe the content, or control how long it is cached; in any case. */
  private static final SortedSet<String> CONTENT_HEADERS = new TreeSet<>(CASE_INSENSITIVE_ORDER);

  static {
    Collections.addAll(
        CONTENT_HEADERS,
        "Accept-Ranges",
        "Cache-Control",
        "Content-Digest",
        "Content-Disposition",
        "Content-Encoding",
        "Content-Language",
        "Content-Length",
        "Content-Location",
        "Content-Range",
        "Content-Type",
        "ETag",
        "Expires",
        "Last-Modified",
        "Repr-Digest",
        "Transfer-Encoding");
  }

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
      if (!CONTENT_HEADERS.contains(name)) {
        retained.put(name, List.copyOf(values.apply(name)));
      }
    }
    return retained;
  }

  /**
   * Returns whether a response has fields that a denial must drop, because they describe the old
   * content or control how long it is cached. {@code Content-Type} is none of them: the denial
   * replaces it.
   *
   * @param names the names of the response's fields, in any case; not null
   * @return whether {@link #retainedHeaders} would drop other fields than {@code Content-Type}
   */
  public static boolean dropsHeaders(Collection<String> names) {
    for (String name : Objects.requireNonNull(names, "names must not be null")) {
      if (CONTENT_HEADERS.contains(name) && !name.equalsIgnoreCase("Content-Type")) {
        return true;
      }
    }
    return false;
  }

  static String body(ConnectionThrottledException thrown) {
    StringBuilder json = new StringBuilder(BODY_LENGTH);
    if (thrown.status() == TOO_MANY_REQUESTS) {
      json.append(LIMITED);
      appendString(json, detail(thrown));
      appendViolatedPolicies(json, thrown.decision());
    } else {
      json.append(UNAVAILABLE);
      appendString(json, detail(thrown));
    }
    return json.append('}').toString();
  }

  /** The problem document of a request that a failed backend could not decide. */
  static String unavailableBody(long retryAfterSeconds) {
    return UNAVAILABLE + '"' + ConnectionThrottledException.retryAdvice(retryAfterSeconds) + "\"}";
  }

  /** Returns the beginning of a problem document, up to the value of {@code detail}. */
  private static String problem(String type, int status) {
    return "{\"type\":\"https://iana.org/assignments/http-problem-types#%s\",\"title\":\"%s\",\"status\":%d,\"detail\":"
        .formatted(type, ConnectionThrottledException.reasonPhrase(status), status);
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
    if (isPlain(text)) {
      json.append(text).append('"');
      return;
    }
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

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }
}

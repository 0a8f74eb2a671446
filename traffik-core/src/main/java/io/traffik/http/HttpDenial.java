package io.traffik.http;

import io.traffik.ConnectionThrottledException;
import io.traffik.Decision;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The answer to a denied request, ready to be sent: status 429 (RFC 6585, section 4), header fields
 * and a problem document (RFC 9457). No part is null.
 *
 * @param status 429
 * @param headers {@code Content-Type}, {@code Retry-After} where waiting helps, the quota fields,
 *     and those that the thrower gave, but for names and values that would break the response; safe
 *     to send as they are
 * @param body the problem document; ASCII
 */
public record HttpDenial(int status, Map<String, String> headers, String body) {

  /**
   * Takes the parts as they are, if none is null.
   *
   * @param status 429
   * @param headers not null
   * @param body not null
   */
  public HttpDenial {
    Objects.requireNonNull(headers, "headers must not be null");
    Objects.requireNonNull(body, "body must not be null");
  }

  static final String CONTENT_TYPE = "application/problem+json";

  private static final String QUOTA_EXCEEDED =
      "https://iana.org/assignments/http-problem-types#quota-exceeded";

  /** Fields that tell of the content, or how long to keep it. */
  private static final Set<String> OF_THE_CONTENT =
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
   * Whether a field that a response had before it was denied must go: it told of the content that
   * the denial takes the place of. Others (those of CORS, say) still hold.
   *
   * @param name the field's name, in any case; not null
   * @return true if it must go
   */
  public static boolean replaces(String name) {
    return OF_THE_CONTENT.contains(
        Objects.requireNonNull(name, "name must not be null").toLowerCase(Locale.ROOT));
  }

  static String body(ConnectionThrottledException thrown) {
    Decision decision = thrown.decision();
    StringBuilder json = new StringBuilder(256);
    json.append("{\"type\":\"").append(QUOTA_EXCEEDED).append("\",\"title\":\"Too Many Requests\"");
    json.append(",\"status\":").append(thrown.status()).append(",\"detail\":");
    appendString(json, detail(decision));
    json.append(",\"violated-policies\":[");
    String separator = "";
    for (String name : decision.violatedPolicies()) {
      json.append(separator);
      appendString(json, name);
      separator = ",";
    }
    json.append("]}");
    return json.toString();
  }

  private static String detail(Decision decision) {
    if (decision.impossible()) {
      return "The request costs more than the quota can ever hold.";
    }
    return decision.retryAfterSeconds().isPresent()
        ? "Retry after " + decision.retryAfterSeconds().getAsLong() + " seconds."
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

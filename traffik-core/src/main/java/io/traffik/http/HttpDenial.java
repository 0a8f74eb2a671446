package io.traffik.http;

import io.traffik.ConnectionThrottledException;
import io.traffik.Decision;
import java.util.Map;

/**
 * The answer to a denied request, ready to be sent: status 429 (RFC 6585, section 4), header fields
 * and a problem document (RFC 9457).
 *
 * @param status 429
 * @param headers {@code Content-Type}, {@code Retry-After} where waiting helps, the quota fields,
 *     and those that the thrower gave, but for names and values that would break the response; safe
 *     to send as they are
 * @param body the problem document; ASCII
 */
public record HttpDenial(int status, Map<String, String> headers, String body) {

  static final String CONTENT_TYPE = "application/problem+json";

  private static final String QUOTA_EXCEEDED =
      "https://iana.org/assignments/http-problem-types#quota-exceeded";

  static String body(ConnectionThrottledException thrown) {
    Decision decision = thrown.decision();
    StringBuilder json = new StringBuilder(256);
    json.append("{\"type\":\"").append(QUOTA_EXCEEDED).append("\",\"title\":\"Too Many Requests\"");
    json.append(",\"status\":").append(thrown.status()).append(",\"detail\":");
    appendString(json, detail(decision));
    json.append(",\"violated-policies\":[");
    appendString(json, decision.policyName());
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

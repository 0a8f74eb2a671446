package io.traffik.servlet;

import io.traffik.ConnectionThrottledException;
import io.traffik.http.HttpDenial;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds denials among what servlets throw, and writes the answer to them. */
final class DenialAnswer {

  /**
   * Fields that tell of the content, or how long to keep it, that the denial takes the place of.
   */
  private static final Set<String> ABOUT_CONTENT =
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

  private DenialAnswer() {}

  /** The denial in an exception, looking through the wrapping that containers and Spring do. */
  static @Nullable ConnectionThrottledException denialIn(Throwable thrown) {
    Throwable candidate = thrown;
    while (candidate instanceof ServletException) {
      candidate = candidate.getCause();
    }
    return candidate instanceof ConnectionThrottledException denial ? denial : null;
  }

  /** Writes the whole answer. Never by sendError, which would start an ERROR dispatch. */
  static void send(HttpServletResponse response, HttpDenial denial) throws IOException {
    startOver(response);
    response.setStatus(denial.status());
    denial.headers().forEach(response::setHeader);
    byte[] body = denial.body().getBytes(StandardCharsets.US_ASCII);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  /** Drops what was written so far, and keeps fields such as those of CORS that still hold. */
  private static void startOver(HttpServletResponse response) {
    Map<String, List<String>> kept = new LinkedHashMap<>();
    for (String name : response.getHeaderNames()) {
      if (!ABOUT_CONTENT.contains(name.toLowerCase(Locale.ROOT))) {
        kept.put(name, List.copyOf(response.getHeaders(name)));
      }
    }
    response.reset();
    kept.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
  }
}

package io.traffik.servlet;

import io.traffik.ConnectionThrottledException;
import io.traffik.http.HttpDenial;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Finds denials among what servlets throw, and writes the answer to them. */
final class DenialAnswer {

  private DenialAnswer() {}

  /**
   * The denial in an exception, looking through the wrapping that containers and Spring do, and
   * that of stages which a servlet waited for.
   */
  static @Nullable ConnectionThrottledException denialIn(Throwable thrown) {
    Throwable candidate = thrown;
    while (candidate instanceof ServletException
        || candidate instanceof CompletionException
        || candidate instanceof ExecutionException) {
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
      if (!HttpDenial.replaces(name)) {
        kept.put(name, List.copyOf(response.getHeaders(name)));
      }
    }
    response.reset();
    kept.forEach((name, values) -> restore(response, name, values));
  }

  /** In place of what the reset brought back by itself: Jetty's Date and Server, say. */
  private static void restore(HttpServletResponse response, String name, List<String> values) {
    response.setHeader(name, values.get(0));
    values.stream().skip(1).forEach(value -> response.addHeader(name, value));
  }
}

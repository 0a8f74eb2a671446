package io.traffik.servlet;

import io.traffik.BackendException;
import io.traffik.ConnectionThrottledException;
import io.traffik.http.HttpDenial;
import io.traffik.http.RateLimitHeaders;
import io.traffik.http.ThrottledRequest;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds denials among the exceptions of servlets and writes the response to them. */
final class DenialResponse {

  private DenialResponse() {}

  /** Returns the exception inside the wrappers of containers, Spring and futures. */
  static Throwable unwrap(Throwable thrown) {
    Throwable candidate = BackendException.unwrap(thrown);
    while (candidate instanceof ServletException && candidate.getCause() != null) {
      candidate = BackendException.unwrap(candidate.getCause());
    }
    return candidate;
  }

  /** Returns the response to a denial or a backend's failure; null for any other exception. */
  static @Nullable HttpDenial of(
      Throwable unwrapped, ThrottledRequest request, RateLimitHeaders style) {
    if (unwrapped instanceof ConnectionThrottledException denial) {
      return request.denial(denial, style);
    }
    return unwrapped instanceof BackendException failure ? request.denial(failure, style) : null;
  }

  /** Writes the whole response. It does not call sendError, which would start an ERROR dispatch. */
  static void send(HttpServletResponse response, HttpDenial denial) throws IOException {
    reset(response);
    write(response, denial);
  }

  /**
   * Writes the response before anything behind the filter has run. Fields that outer filters have
   * set are kept: those of CORS, for example, or the encoding of a filter that compresses.
   */
  static void sendFirst(HttpServletResponse response, HttpDenial denial) throws IOException {
    if (hasWriter(response)) {
      reset(response);
    } else {
      response.resetBuffer();
    }
    write(response, denial);
  }

  private static void write(HttpServletResponse response, HttpDenial denial) throws IOException {
    response.setStatus(denial.status());
    denial.headers().forEach(response::setHeader);
    byte[] body = denial.body().getBytes(StandardCharsets.US_ASCII);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  /** Only a reset allows a stream after a writer. */
  private static boolean hasWriter(HttpServletResponse response) throws IOException {
    try {
      response.getOutputStream();
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  /** Drops the content, and keeps header fields that remain valid, for example those of CORS. */
  private static void reset(HttpServletResponse response) {
    Map<String, List<String>> retained =
        HttpDenial.retainedHeaders(response.getHeaderNames(), response::getHeaders);
    response.reset();
    retained.forEach((name, values) -> restore(response, name, values));
  }

  /** Replaces values that the reset itself has set: Jetty sets Date and Server, for example. */
  private static void restore(HttpServletResponse response, String name, List<String> values) {
    response.setHeader(name, values.get(0));
    values.stream().skip(1).forEach(value -> response.addHeader(name, value));
  }
}

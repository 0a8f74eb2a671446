package io.traffik.jmh.check;

import io.traffik.jmh.check.HelloServer.Variant;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Sends what a throttle sends, without a decision: constant fields and a constant document. */
final class HandWrittenResponse extends HttpFilter {

  private static final long serialVersionUID = 1L;

  static final byte[] PROBLEM =
      ("{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\","
              + "\"title\":\"Too Many Requests\",\"status\":429,"
              + "\"detail\":\"Retry after 7200 seconds.\",\"violated-policies\":[\"api\"]}")
          .getBytes(StandardCharsets.US_ASCII);

  private final Variant variant;

  HandWrittenResponse(Variant variant) {
    this.variant = variant;
  }

  static void setFields(HttpServletResponse response, Variant variant) {
    if (variant == Variant.ALLOWED_BY_HAND) {
      response.setHeader("RateLimit-Policy", "\"api\";q=1000000000;w=1");
      response.setHeader("RateLimit", "\"api\";r=999999999;t=1");
    } else if (variant == Variant.DENIED_BY_HAND) {
      response.setStatus(429);
      response.setHeader("Content-Type", "application/problem+json");
      response.setHeader("RateLimit-Policy", "\"api\";q=1;w=7200");
      response.setHeader("RateLimit", "\"api\";r=0;t=7200");
      response.setHeader("Retry-After", "7200");
    }
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    setFields(response, variant);
    if (variant == Variant.DENIED_BY_HAND) {
      response.setContentLength(PROBLEM.length);
      response.getOutputStream().write(PROBLEM);
    } else {
      chain.doFilter(request, response);
    }
  }
}

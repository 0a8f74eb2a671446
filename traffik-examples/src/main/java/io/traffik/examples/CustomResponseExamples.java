package io.traffik.examples;

import static io.traffik.javalin.Throttling.throttled;

import io.javalin.config.JavalinConfig;
import io.traffik.AnonymousConnectionException;
import io.traffik.Backend;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.ThrottledHandler;
import io.traffik.http.HttpDenial;
import io.traffik.http.RateLimitHeaders;
import io.traffik.http.ThrottledRequest;
import io.traffik.javalin.Throttling;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.servlet.ServletView;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/** The examples of docs/custom-responses.md. */
final class CustomResponseExamples {

  private CustomResponseExamples() {}

  static Throttle extraHeaders(Backend backend) {
    ThrottledHandler withSupport =
        (view, decision, throttle) -> {
          throw new ConnectionThrottledException(
              throttle, decision, Map.of("X-Support", "https://example.com/limits"));
        };
    Throttle api =
        Throttle.builder("api").rate("100/min").onThrottled(withSupport).backend(backend).build();
    return api;
  }

  static void javalin(JavalinConfig config, Backend backend, Throttle api) {
    config.registerPlugin(new TraffikPlugin(backend, RateLimitHeaders.BOTH));
    config.routes.exception(
        ConnectionThrottledException.class,
        (thrown, ctx) -> {
          HttpDenial denial = Throttling.denial(thrown, ctx);
          ctx.status(denial.status());
          denial.headers().forEach(ctx::header);
          ctx.json("{\"error\":\"slow_down\"}");
        });
    config.routes.before("/api/*", throttled(api));
  }

  static void anonymous(JavalinConfig config) {
    config.routes.exception(
        AnonymousConnectionException.class, (thrown, ctx) -> ctx.status(401).result("API key?"));
  }

  static final class CustomResponseFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private final transient Throttle api;

    CustomResponseFilter(Throttle api) {
      this.api = api;
    }

    @Override
    protected void doFilter(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      ThrottledRequest throttled = new ThrottledRequest();
      try {
        throttled.enforce(api, ServletView.of(request));
      } catch (ConnectionThrottledException e) {
        HttpDenial denial = throttled.denial(e, RateLimitHeaders.STANDARD);
        response.setStatus(denial.status());
        denial.headers().forEach(response::setHeader);
        response.setContentType("application/json");
        response.getWriter().print("{\"error\":\"slow_down\"}");
        return;
      }
      throttled.headers(RateLimitHeaders.STANDARD).forEach(response::setHeader);
      chain.doFilter(request, response);
    }
  }
}

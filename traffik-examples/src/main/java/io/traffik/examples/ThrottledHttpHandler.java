package io.traffik.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.http.HttpDenial;
import io.traffik.http.RateLimitHeaders;
import io.traffik.http.ThrottledRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A handler of the JDK's own HTTP server behind throttles.
 *
 * @param throttles enforced together, in this order
 * @param rateLimitHeaders the headers to send
 * @param backend the backend of throttles without their own
 * @param handler runs if every throttle allows the request
 */
record ThrottledHttpHandler(
    List<Throttle> throttles,
    RateLimitHeaders rateLimitHeaders,
    Backend backend,
    HttpHandler handler)
    implements HttpHandler {

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    ThrottledRequest request = new ThrottledRequest();
    ExchangeView view = new ExchangeView(exchange, backend);
    try {
      request.enforceAll(throttles, view);
    } catch (ConnectionThrottledException e) {
      send(exchange, request.denial(e, rateLimitHeaders));
      return;
    } catch (BackendException e) {
      send(exchange, request.denial(e, rateLimitHeaders));
      return;
    }
    request.headers(rateLimitHeaders).forEach(exchange.getResponseHeaders()::set);
    handler.handle(exchange);
  }

  private static void send(HttpExchange exchange, HttpDenial denial) throws IOException {
    byte[] body = denial.body().getBytes(StandardCharsets.US_ASCII);
    denial.headers().forEach(exchange.getResponseHeaders()::set);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(denial.status(), head ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }
}

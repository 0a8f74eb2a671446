package io.traffik.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.http.HttpDenial;
import io.traffik.http.QuotaFields;
import io.traffik.http.ThrottledRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Puts a throttle in front of a handler of the JDK's own HTTP server. */
record ThrottledHttpHandler(Throttle throttle, HttpHandler handler) implements HttpHandler {

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    ThrottledRequest request = new ThrottledRequest();
    try {
      request.enforce(throttle, new ExchangeView(exchange));
    } catch (ConnectionThrottledException e) {
      send(exchange, request.denial(e, QuotaFields.STANDARD));
      return;
    }
    request.fields(QuotaFields.STANDARD).forEach(exchange.getResponseHeaders()::set);
    handler.handle(exchange);
  }

  private static void send(HttpExchange exchange, HttpDenial denial) throws IOException {
    byte[] body = denial.body().getBytes(StandardCharsets.UTF_8);
    denial.headers().forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(denial.status(), body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}

package io.traffik.examples;

import com.sun.net.httpserver.HttpExchange;
import io.traffik.Backend;
import io.traffik.ConnectionView;
import io.traffik.http.RequestPath;
import java.util.List;

/** A request to the JDK's own HTTP server, as a throttle sees it. */
record ExchangeView(HttpExchange exchange, Backend backend) implements ConnectionView {

  @Override
  public String method() {
    return exchange.getRequestMethod();
  }

  @Override
  public String route() {
    return exchange.getHttpContext().getPath();
  }

  @Override
  public String path() {
    return RequestPath.decode(exchange.getRequestURI().getRawPath());
  }

  @Override
  public String remoteAddress() {
    return exchange.getRemoteAddress().getAddress().getHostAddress();
  }

  @Override
  public Iterable<String> headers(String name) {
    return exchange.getRequestHeaders().getOrDefault(name, List.of());
  }
}

package io.traffik.tck;

import com.sun.net.httpserver.HttpExchange;
import io.traffik.Backend;
import io.traffik.ConnectionView;
import java.util.List;

/** A view of the JDK's HTTP exchange that tells what it should; specimens override a part. */
class SpecimenView implements ConnectionView {

  final HttpExchange exchange;
  private final Backend backend;

  SpecimenView(HttpExchange exchange, Backend backend) {
    this.exchange = exchange;
    this.backend = backend;
  }

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
    return exchange.getRequestURI().getRawPath().replaceAll(";[^/]*", "").replace("%20", " ");
  }

  @Override
  public String peer() {
    return exchange.getRemoteAddress().getAddress().getHostAddress();
  }

  @Override
  public Iterable<String> headers(String name) {
    return exchange.getRequestHeaders().getOrDefault(name, List.of());
  }

  @Override
  public Backend backend() {
    return backend;
  }
}

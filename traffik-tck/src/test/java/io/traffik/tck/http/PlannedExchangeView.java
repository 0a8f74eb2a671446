package io.traffik.tck.http;

import io.traffik.Backend;
import io.traffik.ConnectionView;
import io.traffik.http.RequestPath;
import java.util.List;

/** A correct view of an exchange. Broken adapters override a part of it. */
class PlannedExchangeView implements ConnectionView {

  private final PlannedExchange exchange;

  PlannedExchangeView(PlannedExchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public String method() {
    return exchange.http().getRequestMethod();
  }

  @Override
  public String route() {
    return exchange.http().getHttpContext().getPath();
  }

  @Override
  public String path() {
    return RequestPath.decode(exchange.http().getRequestURI().getRawPath());
  }

  @Override
  public String remoteAddress() {
    return exchange.http().getRemoteAddress().getAddress().getHostAddress();
  }

  @Override
  public Iterable<String> headers(String name) {
    return exchange.http().getRequestHeaders().getOrDefault(name, List.of());
  }

  @Override
  public Backend backend() {
    return exchange.plan().backend();
  }
}

package io.traffik.tck.http;

import io.traffik.Backend;
import io.traffik.ConnectionView;
import java.util.List;

/** What a throttle should see of a visit; specimens override a part. */
class PlannedExchangeView implements ConnectionView {

  private final PlannedExchange visit;

  PlannedExchangeView(PlannedExchange visit) {
    this.visit = visit;
  }

  @Override
  public String method() {
    return visit.http().getRequestMethod();
  }

  @Override
  public String route() {
    return visit.http().getHttpContext().getPath();
  }

  @Override
  public String path() {
    return visit.http().getRequestURI().getPath().replaceAll(";[^/]*", "");
  }

  @Override
  public String remoteAddress() {
    return visit.http().getRemoteAddress().getAddress().getHostAddress();
  }

  @Override
  public Iterable<String> headers(String name) {
    return visit.http().getRequestHeaders().getOrDefault(name, List.of());
  }

  @Override
  public Backend backend() {
    return visit.plan().backend();
  }
}

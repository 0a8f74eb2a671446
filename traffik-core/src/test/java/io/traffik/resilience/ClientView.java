package io.traffik.resilience;

import io.traffik.ConnectionView;
import java.util.List;

/** A request of a client. */
record ClientView(String remoteAddress) implements ConnectionView {

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public String route() {
    return "/";
  }

  @Override
  public String path() {
    return "/";
  }

  @Override
  public Iterable<String> headers(String name) {
    return List.of();
  }
}

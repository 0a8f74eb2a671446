package io.traffik.servlet;

import io.traffik.ConnectionView;
import java.util.List;

/** How the tests' client looks to a throttle, to peek at what it has left. */
record Loopback(String method, String path) implements ConnectionView {

  static final Loopback ANYWHERE = new Loopback("GET", "/");

  @Override
  public String remoteAddress() {
    return "127.0.0.1";
  }

  @Override
  public Iterable<String> headers(String name) {
    return List.of();
  }
}

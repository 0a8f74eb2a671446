package io.traffik.http;

import io.traffik.ConnectionView;
import java.util.List;

/** A client by its address, at one route. */
record Client(String remoteAddress) implements ConnectionView {

  @Override
  public String method() {
    return "GET";
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

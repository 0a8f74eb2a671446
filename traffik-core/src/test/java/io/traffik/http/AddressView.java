package io.traffik.http;

import io.traffik.ConnectionView;
import java.util.List;

/** A request to one route from a client with the given address. */
record AddressView(String remoteAddress) implements ConnectionView {

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

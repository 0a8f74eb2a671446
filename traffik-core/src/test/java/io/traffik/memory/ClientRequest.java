package io.traffik.memory;

import io.traffik.ConnectionView;
import java.util.List;

/** A request from a given address for a given path. */
record ClientRequest(String remoteAddress, String path) implements ConnectionView {

  ClientRequest(String remoteAddress) {
    this(remoteAddress, "/");
  }

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public Iterable<String> headers(String name) {
    return List.of();
  }
}

package io.traffik.servlet;

import io.traffik.ConnectionView;
import java.util.List;

/** The view of a request from the tests' client, used to peek at its remaining tokens. */
record LoopbackView(String method, String path) implements ConnectionView {

  static final LoopbackView ROOT = new LoopbackView("GET", "/");

  /** The mappings of the tests are paths. */
  @Override
  public String route() {
    return path;
  }

  @Override
  public String remoteAddress() {
    return "127.0.0.1";
  }

  @Override
  public Iterable<String> headers(String name) {
    return List.of();
  }
}

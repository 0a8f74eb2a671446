package io.traffik.jmh.workload;

import io.traffik.ConnectionView;
import java.util.List;

/** A connection to a declared route, as an adapter presents it. */
public record FixedConnection(String remoteAddress) implements ConnectionView {

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public String route() {
    return "/users/{id}";
  }

  @Override
  public String path() {
    return "/users/42";
  }

  @Override
  public Iterable<String> headers(String name) {
    return List.of();
  }
}

package io.traffik;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection as tests want it. */
record TestView(
    Kind kind,
    String method,
    @Nullable String route,
    String path,
    @Nullable String peer,
    String context,
    @Nullable Backend backend)
    implements ConnectionView {

  static final TestView GET =
      new TestView(Kind.HTTP, "GET", "/a", "/a", "192.0.2.1", "default", null);

  TestView method(String other) {
    return new TestView(kind, other, route, path, peer, context, backend);
  }

  TestView route(@Nullable String other) {
    return new TestView(kind, method, other, path, peer, context, backend);
  }

  TestView path(String other) {
    return new TestView(kind, method, null, other, peer, context, backend);
  }

  TestView peer(@Nullable String other) {
    return new TestView(kind, method, route, path, other, context, backend);
  }

  TestView handshake() {
    return new TestView(Kind.HANDSHAKE, method, route, path, peer, context, backend);
  }

  TestView message(String other) {
    return new TestView(Kind.MESSAGE, method, route, path, peer, other, backend);
  }

  TestView backend(Backend other) {
    return new TestView(kind, method, route, path, peer, context, other);
  }

  @Override
  public Iterable<String> headers(String name) {
    return List.of();
  }
}

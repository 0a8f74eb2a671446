package io.traffik;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A view whose parts tests can replace. */
record TestView(
    Kind kind,
    String method,
    @Nullable String route,
    String path,
    @Nullable String remoteAddress,
    String context,
    @Nullable Backend backend)
    implements ConnectionView {

  static final TestView GET =
      new TestView(Kind.HTTP, "GET", "/a", "/a", "192.0.2.1", "default", null);

  TestView method(String other) {
    return new TestView(kind, other, route, path, remoteAddress, context, backend);
  }

  TestView route(@Nullable String other) {
    return new TestView(kind, method, other, path, remoteAddress, context, backend);
  }

  TestView path(String other) {
    return new TestView(kind, method, null, other, remoteAddress, context, backend);
  }

  TestView remoteAddress(@Nullable String other) {
    return new TestView(kind, method, route, path, other, context, backend);
  }

  TestView handshake() {
    return new TestView(Kind.HANDSHAKE, method, route, path, remoteAddress, context, backend);
  }

  TestView message(String other) {
    return new TestView(Kind.MESSAGE, method, route, path, remoteAddress, other, backend);
  }

  TestView backend(Backend other) {
    return new TestView(kind, method, route, path, remoteAddress, context, other);
  }

  @Override
  public Iterable<String> headers(String name) {
    return List.of();
  }
}

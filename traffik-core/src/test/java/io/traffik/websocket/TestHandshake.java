package io.traffik.websocket;

import io.traffik.Backend;
import io.traffik.ConnectionView;
import java.util.List;

/** The handshake of a connection. */
record TestHandshake(String path, Backend backend, String remoteAddress) implements ConnectionView {

  TestHandshake(Backend backend) {
    this("/chat", backend, "127.0.0.1");
  }

  @Override
  public Kind kind() {
    return Kind.HANDSHAKE;
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

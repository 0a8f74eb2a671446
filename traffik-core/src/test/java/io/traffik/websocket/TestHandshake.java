package io.traffik.websocket;

import io.traffik.Backend;
import io.traffik.ConnectionView;
import java.util.List;

/** The handshake of a connection from the loopback address. */
record TestHandshake(String path, Backend backend) implements ConnectionView {

  @Override
  public Kind kind() {
    return Kind.HANDSHAKE;
  }

  @Override
  public String method() {
    return "GET";
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

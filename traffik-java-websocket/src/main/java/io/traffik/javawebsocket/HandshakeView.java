package io.traffik.javawebsocket;

import io.traffik.Backend;
import io.traffik.ConnectionView;
import io.traffik.http.RequestPath;
import io.traffik.websocket.ConnectionId;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.jspecify.annotations.Nullable;

/** The view of a handshake. It copies the socket's address, which is lost with the connection. */
final class HandshakeView implements ConnectionView {

  private final ConnectionId id = ConnectionId.next();
  private final WebSocket connection;
  private final ClientHandshake handshake;
  private final @Nullable Backend backend;
  private final String path;
  private final @Nullable String route;
  private final @Nullable String remoteAddress;

  HandshakeView(
      WebSocket connection,
      ClientHandshake handshake,
      @Nullable Backend backend,
      Set<String> paths) {
    this.connection = connection;
    this.handshake = handshake;
    this.backend = backend;
    this.path = RequestPath.fromTarget(handshake.getResourceDescriptor());
    this.route = paths.contains(path) ? path : null;
    this.remoteAddress = addressLiteral(connection.getRemoteSocketAddress());
  }

  /**
   * Whether the request target contains a control character, percent-encoded or not. The library
   * accepts such targets, but they mislead servers that search them by patterns or trim them.
   */
  static boolean isMalformed(ClientHandshake handshake) {
    String target = handshake.getResourceDescriptor();
    return hasControlCharacter(target) || hasControlCharacter(RequestPath.fromTarget(target));
  }

  private static boolean hasControlCharacter(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  private static @Nullable String addressLiteral(@Nullable InetSocketAddress address) {
    return address == null || address.getAddress() == null
        ? null
        : address.getAddress().getHostAddress();
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
  public @Nullable String route() {
    return route;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String remoteAddress() {
    return remoteAddress;
  }

  /** At most one value, because the library joins repeated lines with a semicolon. */
  @Override
  public Iterable<String> headers(String name) {
    return handshake.hasFieldValue(name) ? List.of(handshake.getFieldValue(name)) : List.of();
  }

  @Override
  public @Nullable Backend backend() {
    return backend;
  }

  /** Supports the connection, its handshake and its {@link ConnectionId}. */
  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    if (type.isInstance(connection)) {
      return type.cast(connection);
    }
    if (type.isInstance(handshake)) {
      return type.cast(handshake);
    }
    return type.isInstance(id) ? type.cast(id) : null;
  }

  @Override
  public String toString() {
    return "handshake on " + path;
  }
}

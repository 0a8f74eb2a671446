package io.traffik.tck.websocket;

import io.traffik.Backend;
import io.traffik.ConnectionView;
import io.traffik.http.RequestPath;
import io.traffik.websocket.ConnectionId;
import java.util.List;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;

/** A correct view of a handshake. Broken adapters override a part of it. */
class PlannedHandshakeView implements ConnectionView {

  private final ConnectionId id = ConnectionId.next();
  private final SocketPlan plan;
  private final ClientHandshake request;
  private final String remoteAddress;
  String declared;

  PlannedHandshakeView(SocketPlan plan, WebSocket connection, ClientHandshake request) {
    this.plan = plan;
    this.request = request;
    this.remoteAddress = connection.getRemoteSocketAddress().getAddress().getHostAddress();
  }

  String target() {
    return request.getResourceDescriptor();
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
  public String route() {
    return declared;
  }

  @Override
  public String path() {
    return RequestPath.fromTarget(target());
  }

  @Override
  public String remoteAddress() {
    return remoteAddress;
  }

  @Override
  public Iterable<String> headers(String name) {
    return request.hasFieldValue(name) ? List.of(request.getFieldValue(name)) : List.of();
  }

  @Override
  public Backend backend() {
    return plan.backend();
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return type.isInstance(id) ? type.cast(id) : null;
  }
}

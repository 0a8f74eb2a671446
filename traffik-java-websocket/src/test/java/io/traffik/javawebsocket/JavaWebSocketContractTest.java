package io.traffik.javawebsocket;

import io.traffik.Throttle;
import io.traffik.tck.RunningServer;
import io.traffik.tck.websocket.PlannedSocket;
import io.traffik.tck.websocket.SocketPlan;
import io.traffik.tck.websocket.WebSocketContract;
import java.nio.ByteBuffer;
import java.util.List;
import org.java_websocket.WebSocket;

/** Runs the WebSocket contract against {@link ThrottledWebSockets}. */
final class JavaWebSocketContractTest extends WebSocketContract {

  /** Matches paths by their prefix, because the library has no routes. */
  private static final class PlannedServer extends EchoWebSocketServer {
    private final List<PlannedSocket> sockets;

    PlannedServer(List<PlannedSocket> sockets) {
      this.sockets = sockets;
    }

    private PlannedSocket socket(WebSocket conn) {
      return sockets.stream()
          .filter(socket -> conn.getResourceDescriptor().startsWith(socket.path()))
          .findFirst()
          .orElse(sockets.get(0));
    }

    @Override
    public void onMessage(WebSocket conn, String message) {
      conn.send(socket(conn).receive(message));
    }

    @Override
    public void onMessage(WebSocket conn, ByteBuffer message) {
      conn.send(socket(conn).receive(message));
    }
  }

  @Override
  protected RunningServer start(SocketPlan plan) throws InterruptedException {
    PlannedSocket first = plan.sockets().get(0);
    ThrottledWebSockets throttles =
        ThrottledWebSockets.handshakes(first.handshakes().toArray(Throttle[]::new))
            .paths(plan.sockets().stream().map(PlannedSocket::path).toArray(String[]::new))
            .messages(first.throttling())
            .backend(plan.backend());
    for (PlannedSocket socket : plan.sockets()) {
      throttles = throttles.messages(socket.path(), socket.throttling());
    }
    EchoWebSocketServer server =
        EchoWebSocketServer.start(new PlannedServer(plan.sockets()), throttles.build());
    return RunningServer.onPort(server.getPort(), server);
  }

  @Override
  protected boolean hasTemplates() {
    return false;
  }
}

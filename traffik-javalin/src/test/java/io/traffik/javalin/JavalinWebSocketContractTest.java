package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttled;
import static io.traffik.javalin.Throttling.throttledWebSocket;

import io.javalin.config.RoutesConfig;
import io.traffik.Throttle;
import io.traffik.tck.RunningServer;
import io.traffik.tck.websocket.PlannedSocket;
import io.traffik.tck.websocket.SocketPlan;
import io.traffik.tck.websocket.WebSocketContract;

/** The WebSocket contract, run against the plugin and the WebSocket handlers. */
final class JavalinWebSocketContractTest extends WebSocketContract {

  @Override
  protected RunningServer start(SocketPlan plan) {
    JavalinTestServer server =
        new JavalinTestServer(
            config -> {
              config.registerPlugin(new TraffikPlugin(plan.backend()));
              plan.sockets().forEach(socket -> add(config.routes, socket));
            });
    return RunningServer.onPort(server.port(), server);
  }

  private static void add(RoutesConfig routes, PlannedSocket socket) {
    if (!socket.handshakes().isEmpty()) {
      routes.wsBeforeUpgrade(
          socket.path(), throttled(socket.handshakes().toArray(Throttle[]::new)));
    }
    routes.ws(
        socket.path(),
        throttledWebSocket(
            socket.throttling(),
            ws -> {
              ws.onMessage(ctx -> ctx.send(socket.receive(ctx.message())));
              ws.onBinaryMessage(ctx -> ctx.send(socket.receive(ctx.data())));
            }));
  }

  @Override
  protected boolean stopsReading() {
    return true;
  }
}

package io.traffik.javalin;

import io.javalin.websocket.WsContext;
import io.traffik.ConfigurationException;
import io.traffik.spi.FairShareLimiter;
import io.traffik.websocket.MessageView;
import io.traffik.websocket.ThrottledConnection;
import io.traffik.websocket.WebSocketThrottling;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;

/** The throttles of one route for one connection. */
final class ThrottledRoute {

  private final SocketView view;
  private final ThrottledConnection connection;
  private final FairShareLimiter waitingThreads;

  /** Whether the handlers were notified of the connection. */
  private volatile boolean opened;

  ThrottledRoute(WsContext ctx, WebSocketThrottling throttling) {
    SocketState socket = SocketState.of(ctx);
    this.view = socket.view();
    this.connection = new ThrottledConnection(throttling, socket.channel(), view);
    this.waitingThreads = WaitingThreads.of(ctx.session);
    socket.routes().add(this);
  }

  SocketView view() {
    return view;
  }

  ThrottledConnection connection() {
    return connection;
  }

  boolean isOpened() {
    return opened;
  }

  boolean open() {
    opened = withRemedy(() -> connection.open(waitingThreads));
    return opened;
  }

  boolean admit(MessageView message) {
    return opened && withRemedy(() -> connection.admit(message, waitingThreads));
  }

  boolean admitPing(ByteBuffer payload) {
    return connection.admitPing(MessageView.binary(view, payload), waitingThreads);
  }

  void end() {
    connection.end();
  }

  /** Names the plugin in the exception of a throttle that has no backend. */
  private boolean withRemedy(BooleanSupplier decision) {
    try {
      return decision.getAsBoolean();
    } catch (ConfigurationException e) {
      throw view.plugin() == null ? PluginState.withRemedy(e) : e;
    }
  }
}

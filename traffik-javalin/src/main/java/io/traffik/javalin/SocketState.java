package io.traffik.javalin;

import io.javalin.websocket.WsConnectContext;
import io.javalin.websocket.WsContext;
import io.traffik.ConnectionThrottledException;
import io.traffik.websocket.ErrorFrame;

/** The state of an open WebSocket, shared by all handlers that throttle its messages. */
record SocketState(SocketView view, JavalinChannel channel) {

  private static final String ATTRIBUTE = SocketState.class.getName();

  static SocketState of(WsContext ctx) {
    SocketState existing = ctx.attribute(ATTRIBUTE);
    if (existing != null) {
      return existing;
    }
    SocketState created = new SocketState(new SocketView(ctx), new JavalinChannel(ctx.session));
    ctx.attribute(ATTRIBUTE, created);
    return created;
  }

  static void answer(ConnectionThrottledException thrown, WsContext ctx) {
    JavalinChannel channel = of(ctx).channel;
    if (ctx instanceof WsConnectContext) {
      ErrorFrame.close(thrown, channel);
    } else {
      ErrorFrame.send(thrown, channel);
    }
  }
}

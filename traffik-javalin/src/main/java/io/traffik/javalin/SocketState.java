package io.traffik.javalin;

import io.javalin.websocket.WsConnectContext;
import io.javalin.websocket.WsContext;
import io.traffik.ConnectionThrottledException;
import io.traffik.websocket.ErrorFrame;

/** What is kept with an open WebSocket, however many handlers throttle its messages. */
record SocketState(SocketView view, SessionChannel channel) {

  private static final String ATTRIBUTE = SocketState.class.getName();

  static SocketState of(WsContext ctx) {
    SocketState kept = ctx.attribute(ATTRIBUTE);
    if (kept != null) {
      return kept;
    }
    SocketState fresh = new SocketState(new SocketView(ctx), new SessionChannel(ctx.session));
    ctx.attribute(ATTRIBUTE, fresh);
    return fresh;
  }

  static void answer(ConnectionThrottledException thrown, WsContext ctx) {
    SessionChannel channel = of(ctx).channel;
    if (ctx instanceof WsConnectContext) {
      ErrorFrame.close(thrown, channel);
    } else {
      ErrorFrame.send(thrown, channel);
    }
  }
}

package io.traffik.javalin;

import io.javalin.http.servlet.JavalinWsServletContext;
import io.javalin.websocket.WsConnectContext;
import io.javalin.websocket.WsContext;
import io.traffik.BackendException;
import io.traffik.ConnectionThrottledException;
import io.traffik.websocket.ErrorFrame;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The state of an open WebSocket, shared by all handlers that throttle its messages. */
record SocketState(SocketView view, JavalinChannel channel, List<ThrottledRoute> routes) {

  private static final String ATTRIBUTE = SocketState.class.getName();

  static SocketState of(WsContext ctx) {
    SocketState existing = ctx.attribute(ATTRIBUTE);
    if (existing != null) {
      return existing;
    }
    SocketState created =
        new SocketState(
            new SocketView(ctx), new JavalinChannel(ctx.session), new CopyOnWriteArrayList<>());
    ctx.attribute(ATTRIBUTE, created);
    return created;
  }

  /** Returns the state that a handler has created, or null if none has. */
  static @Nullable SocketState existing(JavalinWsServletContext upgrade) {
    return (SocketState) upgrade.getExtractedData().getAttributeMap().get(ATTRIBUTE);
  }

  /** Sends a pong if all routes of the connection admit the ping. */
  void answerPing(ByteBuffer payload) {
    if (routes.stream().allMatch(route -> route.admitPing(payload))) {
      channel.sendPong(payload);
    }
  }

  void end() {
    routes.forEach(ThrottledRoute::end);
  }

  static void answer(BackendException thrown, WsContext ctx) {
    JavalinChannel channel = of(ctx).channel;
    if (ctx instanceof WsConnectContext) {
      ErrorFrame.close(thrown, channel);
    } else {
      ErrorFrame.send(thrown, channel);
    }
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

package io.traffik.javalin;

import io.javalin.http.servlet.JavalinWsServletContext;
import io.javalin.websocket.WsBinaryMessageContext;
import io.javalin.websocket.WsBinaryMessageHandler;
import io.traffik.websocket.InboundEvent;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A binary message, whose buffer returns to the server after the callback. */
final class JavalinBinaryMessage extends JavalinEvent {

  private final WsBinaryMessageContext ctx;
  private final WsBinaryMessageHandler handler;

  JavalinBinaryMessage(WsBinaryMessageContext ctx, WsBinaryMessageHandler handler) {
    super(ctx, () -> handler.handleBinaryMessage(ctx));
    this.ctx = ctx;
    this.handler = handler;
  }

  @Override
  public InboundEvent detached() {
    ByteBuffer data = ctx.data();
    ByteBuffer copy = ByteBuffer.allocate(data.remaining()).put(data.duplicate()).flip();
    JavalinWsServletContext upgrade =
        Objects.requireNonNull(
            SocketView.upgradeContext(ctx), "Javalin must keep the context of the upgrade");
    WsBinaryMessageContext copied = new WsBinaryMessageContext(upgrade, copy);
    return new Detached(copied, () -> handler.handleBinaryMessage(copied));
  }
}

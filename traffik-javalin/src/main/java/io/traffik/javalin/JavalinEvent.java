package io.traffik.javalin;

import io.javalin.websocket.WsContext;
import io.javalin.websocket.WsExceptionMapper;
import io.traffik.ConfigurationException;
import io.traffik.websocket.InboundEvent;
import org.jspecify.annotations.Nullable;

/** An event of a WebSocket with its handler, delivered inside Javalin's own callback. */
class JavalinEvent implements InboundEvent {

  /** A handler with its arguments. */
  @FunctionalInterface
  interface EventHandler {
    void handle() throws Exception;
  }

  private final WsContext ctx;
  private final EventHandler handler;
  private @Nullable Exception thrown;

  JavalinEvent(WsContext ctx, EventHandler handler) {
    this.ctx = ctx;
    this.handler = handler;
  }

  @Override
  public final void deliver() throws Exception {
    handler.handle();
  }

  /** Stores the exception for {@link #rethrow}, because Javalin catches exceptions itself. */
  @Override
  public void onHandlerError(Exception thrown) {
    this.thrown = thrown;
  }

  @Override
  public final void onThrottleError(Exception thrown) {
    boolean hasPlugin = SocketState.of(ctx).view().plugin() != null;
    onHandlerError(
        !hasPlugin && thrown instanceof ConfigurationException e
            ? PluginState.withRemedy(e)
            : thrown);
  }

  /** Throws a stored exception, so that Javalin's exception mappers receive it. */
  final void rethrow() throws Exception {
    if (thrown != null) {
      throw thrown;
    }
  }

  @Override
  public InboundEvent detached() {
    return new Detached(ctx, handler);
  }

  /** An event that is delivered outside Javalin's callback, so it calls the mappers itself. */
  static final class Detached extends JavalinEvent {

    private final WsContext ctx;

    Detached(WsContext ctx, EventHandler handler) {
      super(ctx, handler);
      this.ctx = ctx;
    }

    @Override
    public void onHandlerError(Exception thrown) {
      mapper(ctx).handle(thrown, ctx);
    }

    /** The application's mapper, or an empty one, which closes the connection with 1011. */
    private static WsExceptionMapper mapper(WsContext ctx) {
      PluginState plugin = SocketState.of(ctx).view().plugin();
      return plugin == null ? new WsExceptionMapper() : plugin.wsExceptionMapper();
    }
  }
}

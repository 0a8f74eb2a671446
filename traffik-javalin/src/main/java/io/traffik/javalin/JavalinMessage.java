package io.traffik.javalin;

import io.javalin.websocket.WsContext;
import io.javalin.websocket.WsExceptionMapper;
import io.traffik.websocket.InboundEvent;
import org.jspecify.annotations.Nullable;

/** What a WebSocket received, on its way to a handler. */
class JavalinMessage implements InboundEvent {

  /** A handler, with what it is called with. */
  @FunctionalInterface
  interface Handler {
    void handle() throws Exception;
  }

  private final WsContext ctx;
  private final Handler handler;
  private @Nullable Exception thrown;

  JavalinMessage(WsContext ctx, Handler handler) {
    this.ctx = ctx;
    this.handler = handler;
  }

  @Override
  public final void deliver() throws Exception {
    handler.handle();
  }

  /** Kept, for Javalin to hear of when it has its thread back. */
  @Override
  public void onHandlerError(Exception thrown) {
    this.thrown = thrown;
  }

  @Override
  public final void onThrottleError(Exception thrown) {
    onHandlerError(thrown);
  }

  /** Lets Javalin's mappers have what was thrown before it had its thread back. */
  final void rethrow() throws Exception {
    if (thrown != null) {
      throw thrown;
    }
  }

  @Override
  public InboundEvent detached() {
    return new Later(ctx, handler);
  }

  /** Runs where Javalin is not there to catch what is thrown. */
  static final class Later extends JavalinMessage {

    private final WsContext ctx;

    Later(WsContext ctx, Handler handler) {
      super(ctx, handler);
      this.ctx = ctx;
    }

    @Override
    public void onHandlerError(Exception thrown) {
      mapper(ctx).handle(thrown, ctx);
    }

    /** The application's, or one that does what Javalin does without: it closes with 1011. */
    private static WsExceptionMapper mapper(WsContext ctx) {
      PluginState application = SocketState.of(ctx).view().application();
      return application == null ? new WsExceptionMapper() : application.wsExceptionMapper();
    }
  }
}

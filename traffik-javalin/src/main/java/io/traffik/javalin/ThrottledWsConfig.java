package io.traffik.javalin;

import io.javalin.websocket.WsBinaryMessageHandler;
import io.javalin.websocket.WsCloseHandler;
import io.javalin.websocket.WsConfig;
import io.javalin.websocket.WsConnectContext;
import io.javalin.websocket.WsConnectHandler;
import io.javalin.websocket.WsContext;
import io.javalin.websocket.WsErrorHandler;
import io.javalin.websocket.WsMessageHandler;
import io.javalin.websocket.WsUpgradeLogger;
import io.traffik.websocket.MessageDispatcher;
import io.traffik.websocket.MessageView;
import io.traffik.websocket.WebSocketThrottling;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Registers the handlers of a WebSocket route behind a dispatcher. */
final class ThrottledWsConfig extends WsConfig {

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final WsConfig route;
  private final WebSocketThrottling throttling;
  private @Nullable WsConnectHandler connectHandler;

  /**
   * The attribute of this route's state. Several configurations can apply to one connection, for
   * example one of {@code wsBefore}, and each has a dispatcher of its own.
   */
  private final String attribute =
      MessageDispatcher.class.getName() + "." + COUNT.incrementAndGet();

  /** The state of this route for one connection. */
  private static final class RouteState {
    private final SocketView view;
    private final MessageDispatcher dispatcher;

    /** Whether the handlers were notified of the connection. Accessed by one event at a time. */
    private boolean opened;

    RouteState(SocketState connection, WebSocketThrottling throttling) {
      this.view = connection.view();
      this.dispatcher = new MessageDispatcher(throttling, connection.channel());
    }
  }

  ThrottledWsConfig(WsConfig route, WebSocketThrottling throttling) {
    this.route = route;
    this.throttling = throttling;
    route.onConnect(this::connect);
  }

  private RouteState stateOf(WsContext ctx) {
    RouteState existing = ctx.attribute(attribute);
    if (existing != null) {
      return existing;
    }
    RouteState created = new RouteState(SocketState.of(ctx), throttling);
    ctx.attribute(attribute, created);
    return created;
  }

  private void connect(WsConnectContext ctx) throws Exception {
    RouteState state = stateOf(ctx);
    JavalinEvent opening =
        new JavalinEvent(
            ctx,
            () -> {
              state.opened = true;
              if (connectHandler != null) {
                connectHandler.handleConnect(ctx);
              }
            });
    state.dispatcher.dispatchOpen(state.view, opening);
    opening.rethrow();
  }

  @Override
  public void onConnect(WsConnectHandler handler) {
    connectHandler = handler;
  }

  @Override
  public void onMessage(WsMessageHandler handler) {
    route.onMessage(
        ctx -> {
          JavalinEvent message = new JavalinEvent(ctx, () -> handler.handleMessage(ctx));
          RouteState state = stateOf(ctx);
          state.dispatcher.dispatch(MessageView.text(state.view, ctx.message()), message);
          message.rethrow();
        });
  }

  @Override
  public void onBinaryMessage(WsBinaryMessageHandler handler) {
    route.onBinaryMessage(
        ctx -> {
          JavalinEvent message = new JavalinBinaryMessage(ctx, handler);
          RouteState state = stateOf(ctx);
          state.dispatcher.dispatch(MessageView.binary(state.view, ctx.data()), message);
          message.rethrow();
        });
  }

  @Override
  public void onClose(WsCloseHandler handler) {
    route.onClose(ctx -> deliverInOrder(ctx, () -> handler.handleClose(ctx)));
  }

  @Override
  public void onError(WsErrorHandler handler) {
    route.onError(ctx -> deliverInOrder(ctx, () -> handler.handleError(ctx)));
  }

  /** Delivers a close or an error after all earlier events, unless the connection was denied. */
  private void deliverInOrder(WsContext ctx, JavalinEvent.EventHandler handler) throws Exception {
    RouteState state = stateOf(ctx);
    JavalinEvent event =
        new JavalinEvent(
            ctx,
            () -> {
              if (state.opened) {
                handler.handle();
              }
            });
    state.dispatcher.dispatchUnthrottled(event);
    event.rethrow();
  }

  @Override
  public void onUpgrade(WsUpgradeLogger logger) {
    route.onUpgrade(logger);
  }
}

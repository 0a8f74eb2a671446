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

/** Declares the handlers of a route with throttles in front of them. */
final class ThrottledWsConfig extends WsConfig {

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final WsConfig route;
  private final WebSocketThrottling throttling;
  private @Nullable WsConnectHandler connectHandler;

  /**
   * Each route has a dispatcher of its own on a connection: handlers before it may have another.
   */
  private final String attribute =
      MessageDispatcher.class.getName() + "." + COUNT.incrementAndGet();

  /** What this route keeps with a connection. */
  private static final class Place {
    private final SocketView view;
    private final MessageDispatcher dispatcher;

    /** Whether the handlers have heard of the connection; touched by one delivery at a time. */
    private boolean known;

    Place(SocketState connection, WebSocketThrottling throttling) {
      this.view = connection.view();
      this.dispatcher = new MessageDispatcher(throttling, connection.channel());
    }
  }

  ThrottledWsConfig(WsConfig route, WebSocketThrottling throttling) {
    this.route = route;
    this.throttling = throttling;
    route.onConnect(this::connect);
  }

  private Place place(WsContext ctx) {
    Place kept = ctx.attribute(attribute);
    if (kept != null) {
      return kept;
    }
    Place fresh = new Place(SocketState.of(ctx), throttling);
    ctx.attribute(attribute, fresh);
    return fresh;
  }

  private void connect(WsConnectContext ctx) throws Exception {
    Place place = place(ctx);
    JavalinMessage opening =
        new JavalinMessage(
            ctx,
            () -> {
              place.known = true;
              if (connectHandler != null) {
                connectHandler.handleConnect(ctx);
              }
            });
    place.dispatcher.dispatchOpen(place.view, opening);
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
          JavalinMessage message = new JavalinMessage(ctx, () -> handler.handleMessage(ctx));
          Place place = place(ctx);
          place.dispatcher.dispatch(MessageView.text(place.view, ctx.message()), message);
          message.rethrow();
        });
  }

  @Override
  public void onBinaryMessage(WsBinaryMessageHandler handler) {
    route.onBinaryMessage(
        ctx -> {
          JavalinMessage message = new JavalinBinaryMessage(ctx, handler);
          Place place = place(ctx);
          place.dispatcher.dispatch(MessageView.binary(place.view, ctx.data()), message);
          message.rethrow();
        });
  }

  /** The handler hears of the end behind the messages that came before it. */
  @Override
  public void onClose(WsCloseHandler handler) {
    route.onClose(
        ctx -> {
          Place place = place(ctx);
          JavalinMessage end =
              new JavalinMessage(
                  ctx,
                  () -> {
                    if (place.known) {
                      handler.handleClose(ctx);
                    }
                  });
          place.dispatcher.dispatchUnthrottled(end);
          end.rethrow();
        });
  }

  /** As with the end; what goes wrong before the connection is allowed is told behind that. */
  @Override
  public void onError(WsErrorHandler handler) {
    route.onError(
        ctx -> {
          Place place = place(ctx);
          JavalinMessage error =
              new JavalinMessage(
                  ctx,
                  () -> {
                    if (place.known) {
                      handler.handleError(ctx);
                    }
                  });
          place.dispatcher.dispatchUnthrottled(error);
          error.rethrow();
        });
  }

  @Override
  public void onUpgrade(WsUpgradeLogger logger) {
    route.onUpgrade(logger);
  }
}

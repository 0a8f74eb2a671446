package io.traffik.javalin;

import io.javalin.websocket.WsBinaryMessageHandler;
import io.javalin.websocket.WsCloseContext;
import io.javalin.websocket.WsCloseHandler;
import io.javalin.websocket.WsConfig;
import io.javalin.websocket.WsConnectContext;
import io.javalin.websocket.WsConnectHandler;
import io.javalin.websocket.WsContext;
import io.javalin.websocket.WsErrorHandler;
import io.javalin.websocket.WsMessageHandler;
import io.javalin.websocket.WsUpgradeLogger;
import io.traffik.BackendException;
import io.traffik.ConnectionThrottledException;
import io.traffik.websocket.MessageView;
import io.traffik.websocket.ThrottledConnection;
import io.traffik.websocket.WebSocketThrottling;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Registers the handlers of a WebSocket route behind its throttles. Jetty reads the next message
 * after Javalin's callback for the last one, so a callback that waits for a decision is enough to
 * keep the order and to stop a client.
 */
final class ThrottledWsConfig extends WsConfig {

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final WsConfig route;
  private final WebSocketThrottling throttling;
  private @Nullable WsConnectHandler connectHandler;
  private @Nullable WsCloseHandler closeHandler;

  /**
   * The attribute of this route's state. Several configurations can apply to one connection, for
   * example one of {@code wsBefore}, and each has its own throttles.
   */
  private final String attribute =
      ThrottledConnection.class.getName() + "." + COUNT.incrementAndGet();

  /** A handler with its arguments. */
  @FunctionalInterface
  private interface EventHandler {
    void handle() throws Exception;
  }

  ThrottledWsConfig(WsConfig route, WebSocketThrottling throttling) {
    this.route = route;
    this.throttling = throttling;
    route.onConnect(this::connect);
    route.onClose(this::close);
  }

  private ThrottledRoute routeOf(WsContext ctx) {
    ThrottledRoute existing = ctx.attribute(attribute);
    if (existing != null) {
      return existing;
    }
    ThrottledRoute created = new ThrottledRoute(ctx, throttling);
    ctx.attribute(attribute, created);
    return created;
  }

  private void connect(WsConnectContext ctx) throws Exception {
    ThrottledRoute state = routeOf(ctx);
    boolean open;
    try {
      open = state.open();
    } catch (BackendException e) {
      requireNoPlugin(state, e);
      state.connection().answerOpening(e);
      return;
    }
    if (!open) {
      skipHandlers(state);
    } else if (connectHandler != null) {
      connectHandler.handleConnect(ctx);
    }
  }

  private void close(WsCloseContext ctx) throws Exception {
    ThrottledRoute state = routeOf(ctx);
    state.end();
    if (state.isOpened() && closeHandler != null) {
      closeHandler.handleClose(ctx);
    }
  }

  /** Calls the handler of a message, unless the message or its connection was denied. */
  private static void handle(ThrottledRoute state, MessageView message, EventHandler handler)
      throws Exception {
    try {
      if (state.admit(message)) {
        handler.handle();
      } else {
        skipHandlers(state);
      }
    } catch (ConnectionThrottledException e) {
      state.connection().answer(message, e);
      skipHandlers(state);
    } catch (BackendException e) {
      requireNoPlugin(state, e);
      state.connection().answer(message, e);
    }
  }

  /** With the plugin, an exception mapper answers: the plugin's, or one of the application. */
  private static void requireNoPlugin(ThrottledRoute state, BackendException thrown) {
    if (state.view().plugin() != null) {
      throw thrown;
    }
  }

  /** Keeps a denial of {@code wsBefore} from reaching the endpoint. Only the plugin maps it. */
  private static void skipHandlers(ThrottledRoute state) {
    if (state.view().plugin() != null) {
      throw new HandlersSkippedException();
    }
  }

  @Override
  public void onConnect(WsConnectHandler handler) {
    connectHandler = handler;
  }

  @Override
  public void onMessage(WsMessageHandler handler) {
    route.onMessage(
        ctx -> {
          ThrottledRoute state = routeOf(ctx);
          MessageView message = MessageView.text(state.view(), ctx.message());
          handle(state, message, () -> handler.handleMessage(ctx));
        });
  }

  @Override
  public void onBinaryMessage(WsBinaryMessageHandler handler) {
    route.onBinaryMessage(
        ctx -> {
          ThrottledRoute state = routeOf(ctx);
          MessageView message = MessageView.binary(state.view(), ctx.data());
          handle(state, message, () -> handler.handleBinaryMessage(ctx));
        });
  }

  @Override
  public void onClose(WsCloseHandler handler) {
    closeHandler = handler;
  }

  @Override
  public void onError(WsErrorHandler handler) {
    route.onError(
        ctx -> {
          if (routeOf(ctx).isOpened()) {
            handler.handleError(ctx);
          }
        });
  }

  @Override
  public void onUpgrade(WsUpgradeLogger logger) {
    route.onUpgrade(logger);
  }
}

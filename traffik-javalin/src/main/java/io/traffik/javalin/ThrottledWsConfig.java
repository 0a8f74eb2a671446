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
import io.traffik.ConfigurationException;
import io.traffik.ConnectionThrottledException;
import io.traffik.spi.FairShareLimiter;
import io.traffik.websocket.MessageView;
import io.traffik.websocket.ThrottledConnection;
import io.traffik.websocket.WebSocketThrottling;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
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

  /** The state of this route for one connection. */
  private static final class RouteState {
    private final SocketView view;
    private final ThrottledConnection connection;
    private final FairShareLimiter waitingThreads;

    /** Whether the handlers were notified of the connection. */
    private volatile boolean opened;

    RouteState(WsContext ctx, WebSocketThrottling throttling) {
      SocketState socket = SocketState.of(ctx);
      this.view = socket.view();
      this.connection = new ThrottledConnection(throttling, socket.channel(), view);
      this.waitingThreads = WaitingThreads.of(ctx.session);
      socket
          .pings()
          .add(payload -> connection.admitPing(MessageView.binary(view, payload), waitingThreads));
    }
  }

  ThrottledWsConfig(WsConfig route, WebSocketThrottling throttling) {
    this.route = route;
    this.throttling = throttling;
    route.onConnect(this::connect);
    route.onClose(this::close);
  }

  private RouteState stateOf(WsContext ctx) {
    RouteState existing = ctx.attribute(attribute);
    if (existing != null) {
      return existing;
    }
    RouteState created = new RouteState(ctx, throttling);
    ctx.attribute(attribute, created);
    return created;
  }

  private void connect(WsConnectContext ctx) throws Exception {
    RouteState state = stateOf(ctx);
    if (withRemedy(state, () -> state.connection.open(state.waitingThreads))) {
      state.opened = true;
      if (connectHandler != null) {
        connectHandler.handleConnect(ctx);
      }
    }
  }

  private void close(WsCloseContext ctx) throws Exception {
    RouteState state = stateOf(ctx);
    state.connection.end();
    if (state.opened && closeHandler != null) {
      closeHandler.handleClose(ctx);
    }
  }

  /** Calls the handler of a message, unless the message or its connection was denied. */
  private static void handle(RouteState state, MessageView message, EventHandler handler)
      throws Exception {
    if (state.opened
        && withRemedy(state, () -> state.connection.admit(message, state.waitingThreads))) {
      try {
        handler.handle();
      } catch (ConnectionThrottledException e) {
        state.connection.answer(message, e);
      }
    }
  }

  /** Names the plugin in the exception of a throttle that has no backend. */
  private static boolean withRemedy(RouteState state, BooleanSupplier decision) {
    try {
      return decision.getAsBoolean();
    } catch (ConfigurationException e) {
      throw state.view.plugin() == null ? PluginState.withRemedy(e) : e;
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
          RouteState state = stateOf(ctx);
          MessageView message = MessageView.text(state.view, ctx.message());
          handle(state, message, () -> handler.handleMessage(ctx));
        });
  }

  @Override
  public void onBinaryMessage(WsBinaryMessageHandler handler) {
    route.onBinaryMessage(
        ctx -> {
          RouteState state = stateOf(ctx);
          MessageView message = MessageView.binary(state.view, ctx.data());
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
          if (stateOf(ctx).opened) {
            handler.handleError(ctx);
          }
        });
  }

  @Override
  public void onUpgrade(WsUpgradeLogger logger) {
    route.onUpgrade(logger);
  }
}

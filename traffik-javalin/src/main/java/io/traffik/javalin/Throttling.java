package io.traffik.javalin;

import io.javalin.http.Handler;
import io.javalin.websocket.WsConfig;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.websocket.WebSocketThrottling;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Handlers that put throttles on routes.
 *
 * <pre>{@code
 * config.routes.before("/api/*", throttled(api));
 * config.routes.get("/search", throttled(search, ctx -> ctx.json(find(ctx))));
 * config.routes.wsBeforeUpgrade("/chat", throttled(api));
 * config.routes.ws("/chat", throttledMessages(chat, ws -> ws.onMessage(ctx -> ctx.send("hi"))));
 * }</pre>
 *
 * <p>All parameters must not be null.
 *
 * <p>A denied request is answered with 429 and never reaches its handler; {@code after} and error
 * handlers run as ever. A request is charged once per throttle, however many of these handlers it
 * meets; when a later throttle denies or raises, what the earlier ones took is given back.
 *
 * <p>Javalin matches the patterns of {@code before} handlers against the path as the client spelled
 * it, but finds static files by the decoded one: {@code before("/files/*", …)} does not see {@code
 * /%66iles/a.pdf}. Put a throttle before static files without a pattern, {@code
 * before(throttled(api))}.
 *
 * <p>With the {@link TraffikPlugin} a denial is a {@link ConnectionThrottledException}, which the
 * plugin answers, or a mapper of the application's that was registered after the plugin. Without
 * it, these handlers answer by themselves and no mapper is asked for that exception; throttles then
 * need a backend of their own, and in a {@code before} handler the route is its own pattern, since
 * Javalin does not say which endpoint will follow.
 */
public final class Throttling {

  private Throttling() {}

  /**
   * A handler that only throttles, for {@code before} and {@code beforeMatched}. Called inside
   * another handler it throws on a denial, so that nothing after it runs.
   *
   * @param throttles at least one, enforced in order
   * @return the handler
   * @throws ConfigurationException if there is no throttle
   */
  public static Handler throttled(Throttle... throttles) {
    Objects.requireNonNull(throttles, "throttles must not be null");
    return throttled(Arrays.asList(throttles), ctx -> {});
  }

  /**
   * Puts a throttle before a handler.
   *
   * @param throttle enforced first
   * @param handler called if the request is allowed
   * @return both in one
   */
  public static Handler throttled(Throttle throttle, Handler handler) {
    return throttled(Collections.singletonList(throttle), handler);
  }

  /**
   * Puts several throttles before a handler.
   *
   * @param throttles at least one, enforced in order
   * @param handler called if the request is allowed
   * @return all in one
   * @throws ConfigurationException if there is no throttle
   */
  public static Handler throttled(List<Throttle> throttles, Handler handler) {
    Objects.requireNonNull(handler, "handler must not be null");
    Objects.requireNonNull(throttles, "throttles must not be null")
        .forEach(throttle -> Objects.requireNonNull(throttle, "throttle must not be null"));
    List<Throttle> enforced = List.copyOf(throttles);
    if (enforced.isEmpty()) {
      throw new ConfigurationException("throttled(…) must be given at least one throttle: none");
    }
    return ctx -> {
      new ThrottledExchange(ctx).enforce(enforced);
      handler.handle(ctx);
    };
  }

  /**
   * Puts a throttle before the messages of a WebSocket, text and binary. A denied one is answered
   * by an {@link io.traffik.websocket.ErrorFrame} and never reaches its handler.
   *
   * @param throttle enforced for each message that one of the handlers would get
   * @param handlers declares the handlers, as {@code ws} of Javalin takes it
   * @return both in one
   */
  public static Consumer<WsConfig> throttledMessages(
      Throttle throttle, Consumer<WsConfig> handlers) {
    return throttledWebSocket(WebSocketThrottling.ofMessages(throttle), handlers);
  }

  /**
   * Puts a throttle before a WebSocket that is open: {@code onConnect} and all else is for allowed
   * connections alone, others are closed with 1013. Better refuse the handshake, by {@code
   * wsBeforeUpgrade(path, throttled(throttle))}: its answer is 429. This is for backends that are
   * not in memory and must not hold the server's thread.
   *
   * @param throttle enforced for each connection
   * @param handlers declares the handlers, as {@code ws} of Javalin takes it
   * @return both in one
   */
  public static Consumer<WsConfig> throttledConnections(
      Throttle throttle, Consumer<WsConfig> handlers) {
    return throttledWebSocket(WebSocketThrottling.ofConnections(throttle), handlers);
  }

  /**
   * Puts throttles before a WebSocket, as {@link WebSocketThrottling} says. Handlers whose throttle
   * could not decide at once run on another thread, behind {@code wsAfter} and loggers of the same
   * message; what they throw is mapped as ever.
   *
   * @param throttling what messages and connections meet
   * @param handlers declares the handlers, as {@code ws} of Javalin takes it
   * @return both in one
   */
  public static Consumer<WsConfig> throttledWebSocket(
      WebSocketThrottling throttling, Consumer<WsConfig> handlers) {
    Objects.requireNonNull(throttling, "throttling must not be null");
    Objects.requireNonNull(handlers, "handlers must not be null");
    return route -> handlers.accept(new ThrottledWsConfig(route, throttling));
  }
}

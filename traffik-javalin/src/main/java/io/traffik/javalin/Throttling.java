package io.traffik.javalin;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.websocket.WsConfig;
import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.ThrottleGroup;
import io.traffik.http.HttpDenial;
import io.traffik.http.ThrottledRequest;
import io.traffik.websocket.WebSocketThrottling;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Javalin handlers that enforce throttles.
 *
 * <pre>{@code
 * config.routes.before("/api/*", throttled(api));
 * config.routes.get("/search", throttled(search, ctx -> ctx.json(find(ctx))));
 * config.routes.wsBeforeUpgrade("/chat", throttled(api));
 * config.routes.ws("/chat", throttledMessages(chat, ws -> ws.onMessage(ctx -> ctx.send("hi"))));
 * }</pre>
 *
 * <p>No parameter may be null.
 *
 * <p>A denied request gets a 429 and does not reach its handler. The {@code after} and error
 * handlers still run. Several handlers may enforce the same throttle; it charges each request once.
 * If a later throttle denies or throws, the charges of the earlier ones are refunded.
 *
 * <p>To throttle static files, use a handler without a pattern: {@code before(throttled(api))}.
 * Javalin matches patterns against the raw path but finds files by the decoded path. So {@code
 * before("/files/*", …)} is not called for {@code /%66iles/a.pdf}.
 *
 * <p>With the {@link TraffikPlugin}, the exception mapper of {@link ConnectionThrottledException}
 * responds to a denial: that of the plugin, or one registered after the plugin; see {@link
 * #denial}. A handler that Javalin calls does not throw the denial, because throwing can take
 * longer than the decision; one that another handler calls throws it. A backend's failure throws a
 * {@link BackendException} if the throttle's policy says so. Without the plugin, the handlers
 * respond directly, and exception mappers are not called. Throttles then need a backend of their
 * own. The route in a {@code before} handler is then the handler's pattern, because Javalin has not
 * matched the endpoint yet.
 */
public final class Throttling {

  private Throttling() {}

  /**
   * Returns a handler that only throttles, for {@code before} and {@code beforeMatched}. When it is
   * called inside another handler, a denial throws and so ends that handler.
   *
   * @param throttles at least one, enforced in order
   * @return the handler
   * @throws ConfigurationException if there is no throttle
   */
  public static Handler throttled(Throttle... throttles) {
    return handler(ThrottledRequest.requireThrottles(throttles), ctx -> {});
  }

  /**
   * Returns a handler that enforces a throttle before another handler.
   *
   * @param throttle the throttle
   * @param handler called if the request is allowed
   * @return the throttled handler
   */
  public static Handler throttled(Throttle throttle, Handler handler) {
    return handler(ThrottledRequest.requireThrottles(throttle), handler);
  }

  /**
   * Returns a handler that enforces several throttles before another handler.
   *
   * @param throttles at least one, enforced in order
   * @param handler called if the request is allowed
   * @return the throttled handler
   * @throws ConfigurationException if there is no throttle
   */
  public static Handler throttled(List<Throttle> throttles, Handler handler) {
    Objects.requireNonNull(throttles, "throttles must not be null");
    return handler(ThrottledRequest.requireThrottles(throttles.toArray(Throttle[]::new)), handler);
  }

  private static Handler handler(List<Throttle> throttles, Handler handler) {
    Objects.requireNonNull(handler, "handler must not be null");
    if (throttles.isEmpty()) {
      throw new ConfigurationException(
          "throttled(…) needs at least one throttle: none given. Pass one, or register no handler.");
    }
    return new RouteHandler(ThrottleGroup.of(throttles), handler);
  }

  /**
   * Returns an {@code after} handler that settles what a throttle has charged for the request, once
   * the response is known. It runs after asynchronous handlers, exceptions and timeouts, too.
   *
   * <pre>{@code
   * config.routes.post("/login", throttled(login, this::logIn));
   * config.routes.after("/login", settled(login, ctx -> ctx.statusCode() == 401 ? 1 : 0));
   * }</pre>
   *
   * @param throttle the throttle, which has charged an estimate: its own cost
   * @param actualCost the number of tokens that the request cost, at least 0. Called only if the
   *     throttle let the request pass
   * @return the handler
   */
  public static Handler settled(Throttle throttle, ToLongFunction<? super Context> actualCost) {
    Objects.requireNonNull(throttle, "throttle must not be null");
    Objects.requireNonNull(actualCost, "actualCost must not be null");
    return ctx -> new ThrottledExchange(ctx).settle(throttle, actualCost);
  }

  /**
   * Creates the response to a denied request, for an exception mapper that replaces the plugin's.
   * If a throttle denied that the handler itself called, the charges of the earlier throttles are
   * refunded. So every such mapper must call this method, even if it sends another body.
   *
   * @param thrown the denial
   * @param ctx the request
   * @return status, header fields and body
   */
  public static HttpDenial denial(ConnectionThrottledException thrown, Context ctx) {
    Objects.requireNonNull(ctx, "ctx must not be null");
    return new ThrottledExchange(ctx).denial(thrown);
  }

  /**
   * As {@link #denial(ConnectionThrottledException, Context)}, for the failure of a backend under
   * {@link io.traffik.FailurePolicy#THROW}.
   *
   * @param thrown the failure
   * @param ctx the request
   * @return status 503, header fields and body
   */
  public static HttpDenial denial(BackendException thrown, Context ctx) {
    Objects.requireNonNull(ctx, "ctx must not be null");
    return new ThrottledExchange(ctx).denial(thrown);
  }

  /**
   * Throttles the text and binary messages of a WebSocket. A denied message is answered by an
   * {@link io.traffik.websocket.ErrorFrame} and does not reach its handler.
   *
   * @param throttle enforced for each message that has a handler
   * @param handlers registers the handlers, as in Javalin's {@code ws}
   * @return the argument for Javalin's {@code ws}
   */
  public static Consumer<WsConfig> throttledMessages(
      Throttle throttle, Consumer<WsConfig> handlers) {
    return throttledWebSocket(WebSocketThrottling.ofMessages(throttle), handlers);
  }

  /**
   * Throttles open WebSocket connections. Denied connections are closed with 1013, and no handler
   * is called for them. Prefer {@code wsBeforeUpgrade(path, throttled(throttle))}, which responds
   * with 429. Use this method to let browsers see the reason: they show a rejected handshake as
   * status code 1006.
   *
   * @param throttle enforced for each connection
   * @param handlers registers the handlers, as in Javalin's {@code ws}
   * @return the argument for Javalin's {@code ws}
   */
  public static Consumer<WsConfig> throttledConnections(
      Throttle throttle, Consumer<WsConfig> handlers) {
    return throttledWebSocket(WebSocketThrottling.ofConnections(throttle), handlers);
  }

  /**
   * Throttles the connections and messages of a WebSocket by a {@link WebSocketThrottling}. The
   * server's thread waits for a decision, and Jetty reads the next message of the connection after
   * it. At most half of the server's threads wait; a message for which none is left is denied.
   * Handlers run where they would without the throttle.
   *
   * <p>In {@code wsBefore}, a denial keeps the event from the endpoint only if the {@link
   * TraffikPlugin} is registered. Throttles of {@code wsBefore} and of the endpoint decide one
   * after the other, so put all throttles of a message into one call.
   *
   * @param throttling the throttles of connections and messages
   * @param handlers registers the handlers, as in Javalin's {@code ws}
   * @return the argument for Javalin's {@code ws}
   */
  public static Consumer<WsConfig> throttledWebSocket(
      WebSocketThrottling throttling, Consumer<WsConfig> handlers) {
    Objects.requireNonNull(throttling, "throttling must not be null");
    Objects.requireNonNull(handlers, "handlers must not be null");
    return route -> handlers.accept(new ThrottledWsConfig(route, throttling));
  }
}

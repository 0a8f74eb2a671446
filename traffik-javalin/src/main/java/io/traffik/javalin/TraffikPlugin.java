package io.traffik.javalin;

import io.javalin.config.JavalinState;
import io.javalin.plugin.Plugin;
import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.BackendStart;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionThrottledException;
import io.traffik.ThrottleRegistry;
import io.traffik.http.RateLimitHeaders;
import io.traffik.websocket.ErrorFrame;
import java.util.Objects;

/**
 * A plugin that provides a backend to the throttles of a Javalin application and responds to
 * denials.
 *
 * <pre>{@code
 * config.registerPlugin(new TraffikPlugin(backend));
 * }</pre>
 *
 * <ul>
 *   <li>Throttles without a backend of their own use this one, on every thread of a request.
 *   <li>The backend is opened when the server starts. If its store is out of reach, the server
 *       starts all the same, a warning is logged, and each throttle applies its failure policy
 *       until the store is there; see {@link #requireBackendAtStart()}. After the server's stop,
 *       the backend is reset, unless it is persistent, and closed. If several servers share a
 *       backend, the last one to stop does so. A servlet container does not start a Javalin server:
 *       open and close the backend yourself there.
 *   <li>Every {@link ConnectionThrottledException} of a request causes a 429, and every {@link
 *       BackendException} a 503. For another response, register an exception mapper <em>after</em>
 *       this plugin, because Javalin uses the last one. It starts from {@link Throttling#denial}.
 *   <li>Both exceptions of a WebSocket's message handler are answered by an {@link ErrorFrame}. In
 *       {@code onConnect} they close the connection with 1013.
 *   <li>Pings are charged where {@link io.traffik.websocket.WebSocketThrottling#pings} says so.
 *   <li>In {@code before} handlers, the route is the path template of the matching endpoint.
 * </ul>
 */
public final class TraffikPlugin extends Plugin<Void> {

  private final Backend backend;
  private final RateLimitHeaders rateLimitHeaders;
  private BackendStart start = BackendStart.OPTIONAL;

  /**
   * Creates a plugin that sends {@link RateLimitHeaders#STANDARD}.
   *
   * @param backend the application's backend
   */
  public TraffikPlugin(Backend backend) {
    this(backend, RateLimitHeaders.STANDARD);
  }

  /**
   * Creates a plugin for the throttles of a registry, whose backend it opens and closes.
   *
   * @param throttles the application's throttles
   * @throws ConfigurationException if the registry has no backend
   */
  public TraffikPlugin(ThrottleRegistry throttles) {
    this(throttles.requireBackend());
  }

  /**
   * As {@link #TraffikPlugin(ThrottleRegistry)}, with other header fields.
   *
   * @param throttles the application's throttles
   * @param rateLimitHeaders the header fields to send
   * @throws ConfigurationException if the registry has no backend
   */
  public TraffikPlugin(ThrottleRegistry throttles, RateLimitHeaders rateLimitHeaders) {
    this(throttles.requireBackend(), rateLimitHeaders);
  }

  /**
   * Creates a plugin that sends other header fields.
   *
   * @param backend the application's backend
   * @param rateLimitHeaders the header fields to send
   */
  public TraffikPlugin(Backend backend, RateLimitHeaders rateLimitHeaders) {
    this.backend = Objects.requireNonNull(backend, "backend must not be null");
    this.rateLimitHeaders =
        Objects.requireNonNull(rateLimitHeaders, "rateLimitHeaders must not be null");
  }

  /**
   * Lets the server's start fail if the backend's store is out of reach.
   *
   * @return this plugin
   */
  public TraffikPlugin requireBackendAtStart() {
    start = BackendStart.REQUIRED;
    return this;
  }

  @Override
  public void onInitialize(JavalinState state) {
    new PluginState(backend, rateLimitHeaders, state).register();
    state.routes.exception(
        ConnectionThrottledException.class,
        (thrown, ctx) -> new ThrottledExchange(ctx).respond(thrown));
    state.routes.exception(
        BackendException.class, (thrown, ctx) -> new ThrottledExchange(ctx).respond(thrown));
    state.routes.wsException(ConnectionThrottledException.class, SocketState::answer);
    state.routes.wsException(BackendException.class, SocketState::answer);
    state.routes.wsException(HandlersSkippedException.class, (thrown, ctx) -> {});
    // Javalin matches the endpoint before the before handlers only if a beforeMatched handler
    // exists.
    state.routes.beforeMatched(ctx -> {});
    state.jetty.modifyWebSocketServletFactory(PingListener::register);
    ServerLease lease = new ServerLease(backend, start);
    state.events.serverStarting(lease::acquire);
    state.events.serverStartFailed(lease::release);
    state.events.serverStopped(lease::release);
    state.events.serverStopFailed(lease::release);
  }
}

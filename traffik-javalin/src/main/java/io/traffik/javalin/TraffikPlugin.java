package io.traffik.javalin;

import io.javalin.config.JavalinState;
import io.javalin.plugin.Plugin;
import io.traffik.Backend;
import io.traffik.ConnectionThrottledException;
import io.traffik.http.RateLimitHeaders;
import io.traffik.websocket.ErrorFrame;
import java.util.Objects;

/**
 * Makes a Javalin application one that throttles.
 *
 * <pre>{@code
 * config.registerPlugin(new TraffikPlugin(backend));
 * }</pre>
 *
 * <ul>
 *   <li>Throttles without a backend of their own use this one, on every thread: it travels with
 *       each request.
 *   <li>The backend is opened when the server starts; if that fails, so does the start. When the
 *       server has stopped, the backend is reset, unless it is persistent, and closed. Of several
 *       servers that share a backend, the one that stops last does so. In a container that runs
 *       Javalin as a servlet no server is started: open and close the backend yourself.
 *   <li>A {@link ConnectionThrottledException}, whoever throws it, is answered with 429. To answer
 *       otherwise, register an exception mapper of your own <em>after</em> this plugin: Javalin
 *       keeps the last.
 *   <li>One that a WebSocket's handler throws is answered by an {@link ErrorFrame}; where a
 *       connection is opened, by closing it with 1013.
 *   <li>{@code before} handlers see the template of the endpoint that will follow.
 * </ul>
 */
public final class TraffikPlugin extends Plugin<Void> {

  private final Backend backend;
  private final RateLimitHeaders rateLimitHeaders;

  /**
   * A plugin that tells clients of their quotas by {@link RateLimitHeaders#STANDARD}.
   *
   * @param backend the application's backend
   */
  public TraffikPlugin(Backend backend) {
    this(backend, RateLimitHeaders.STANDARD);
  }

  /**
   * A plugin that tells clients of their quotas as chosen.
   *
   * @param backend the application's backend
   * @param rateLimitHeaders the header fields to send
   */
  public TraffikPlugin(Backend backend, RateLimitHeaders rateLimitHeaders) {
    this.backend = Objects.requireNonNull(backend, "backend must not be null");
    this.rateLimitHeaders =
        Objects.requireNonNull(rateLimitHeaders, "rateLimitHeaders must not be null");
  }

  @Override
  public void onInitialize(JavalinState state) {
    new PluginState(backend, rateLimitHeaders, state).register();
    state.routes.exception(
        ConnectionThrottledException.class,
        (thrown, ctx) -> new ThrottledExchange(ctx).answer(thrown));
    state.routes.wsException(ConnectionThrottledException.class, SocketState::answer);
    // Javalin looks for the endpoint ahead of the before handlers only if one of these wants it.
    state.routes.beforeMatched(ctx -> {});
    ServerScope scope = new ServerScope(backend);
    state.events.serverStarting(scope::enter);
    state.events.serverStartFailed(scope::leave);
    state.events.serverStopped(scope::leave);
    state.events.serverStopFailed(scope::leave);
  }
}

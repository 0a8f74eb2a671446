package io.traffik.javalin;

import io.javalin.config.JavalinState;
import io.javalin.config.Key;
import io.javalin.config.NoValueForKeyException;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.router.ParsedEndpoint;
import io.javalin.websocket.WsExceptionMapper;
import io.traffik.Backend;
import io.traffik.ConfigurationException;
import io.traffik.http.RateLimitHeaders;
import io.traffik.http.RequestPath;
import org.jspecify.annotations.Nullable;

/** The state of one application's plugin, available to its requests as application data. */
record PluginState(Backend backend, RateLimitHeaders rateLimitHeaders, JavalinState state) {

  private static final Key<PluginState> KEY = new Key<>(PluginState.class.getName());

  void register() {
    state.appData(KEY, this);
  }

  /** The state of a request's application, or null if the application has no plugin. */
  static @Nullable PluginState of(Context ctx) {
    try {
      return ctx.appData(KEY);
    } catch (NoValueForKeyException e) {
      return null;
    }
  }

  /** Names the plugin in a configuration error of an application that does not have it. */
  static ConfigurationException withRemedy(ConfigurationException thrown) {
    return thrown.withRemedy(
        "In Javalin, config.registerPlugin(new TraffikPlugin(…)) sets the backend.");
  }

  /** The context path of the application; empty if it has none. */
  String contextPath() {
    String path = RequestPath.decode(state.router.contextPath);
    return path.equals("/") ? "" : path;
  }

  /** Whether Javalin logs requests, which it does while it writes a result. */
  boolean logsRequests() {
    return !state.httpRequestLoggers.isEmpty();
  }

  /** Responds to an exception as if a handler had thrown it. */
  void mapException(Exception thrown, Context ctx) {
    state.internalRouter.handleHttpException(ctx, thrown);
  }

  WsExceptionMapper wsExceptionMapper() {
    return state.wsRouter.getWsExceptionMapper();
  }

  boolean ignoresCase() {
    return state.router.caseInsensitiveRoutes;
  }

  /** The path template of the GET endpoint that matches a request, or null if none matches. */
  @Nullable String template(Context ctx) {
    String path = ctx.path();
    String contextPath = ctx.contextPath();
    ParsedEndpoint matched =
        state.internalRouter.findFirstHttpHandlerEntry(
            HandlerType.GET,
            path.startsWith(contextPath) ? path.substring(contextPath.length()) : path);
    return matched == null ? null : matched.endpoint.path;
  }
}

package io.traffik.javalin;

import io.javalin.config.JavalinState;
import io.javalin.config.Key;
import io.javalin.config.NoValueForKeyException;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.router.ParsedEndpoint;
import io.javalin.websocket.WsExceptionMapper;
import io.traffik.Backend;
import io.traffik.http.RateLimitHeaders;
import io.traffik.http.RequestPath;
import org.jspecify.annotations.Nullable;

/** What the plugin of one Javalin application leaves where its requests find it. */
record PluginState(Backend backend, RateLimitHeaders rateLimitHeaders, JavalinState state) {

  private static final Key<PluginState> KEY = new Key<>(PluginState.class.getName());

  void register() {
    state.appData(KEY, this);
  }

  /** The application of a request, or null if it has no plugin. */
  static @Nullable PluginState of(Context ctx) {
    try {
      return ctx.appData(KEY);
    } catch (NoValueForKeyException e) {
      return null;
    }
  }

  /** The path before all routes, empty if there is none. */
  String contextPath() {
    String path = RequestPath.decode(state.router.contextPath);
    return path.equals("/") ? "" : path;
  }

  WsExceptionMapper wsExceptionMapper() {
    return state.wsRouter.getWsExceptionMapper();
  }

  boolean ignoresCase() {
    return state.router.caseInsensitiveRoutes;
  }

  /** The template of the GET endpoint at a request's path, or null if there is none. */
  @Nullable String getTemplate(Context ctx) {
    String path = ctx.path();
    String contextPath = ctx.contextPath();
    ParsedEndpoint found =
        state.internalRouter.findFirstHttpHandlerEntry(
            HandlerType.GET,
            path.startsWith(contextPath) ? path.substring(contextPath.length()) : path);
    return found == null ? null : found.endpoint.path;
  }
}

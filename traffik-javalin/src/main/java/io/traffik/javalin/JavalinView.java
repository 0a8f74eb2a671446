package io.traffik.javalin;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import io.traffik.Backend;
import io.traffik.ConnectionView;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a throttle sees of a request to Javalin.
 *
 * <p>The route is the template of the endpoint that the request matched ({@code /users/{id}}),
 * which {@link TraffikPlugin} makes visible in {@code before} handlers too; for a request that
 * matched none, it is the pattern of the handler that asks, so that made-up paths share one bucket.
 * The method is the one that Javalin routed by. The peer is that of the socket, whatever the
 * application made {@code ctx.ip()} say.
 */
public final class JavalinView implements ConnectionView {

  private final Context ctx;

  private JavalinView(Context ctx) {
    this.ctx = ctx;
  }

  /**
   * A view of a request.
   *
   * @param ctx the request's context, not null
   * @return the view
   */
  public static JavalinView of(Context ctx) {
    return new JavalinView(ctx);
  }

  @Override
  public String method() {
    return ctx.method().name();
  }

  @Override
  public @Nullable String route() {
    Endpoint matched = ctx.endpoints().matchedHttpEndpoint();
    if (matched == null && ctx.method().equals(HandlerType.HEAD)) {
      // Javalin answers HEAD by the handler of GET, but does not call that the matched endpoint.
      TraffikPlugin plugin = TraffikPlugin.of(ctx);
      matched = plugin == null ? null : plugin.endpointOfGet(ctx);
    }
    Endpoint endpoint = matched != null ? matched : ctx.endpoint();
    return endpoint == null ? null : endpoint.path;
  }

  @Override
  public String path() {
    // ctx.path() is as the client spelled it; the container's parts are decoded and stripped.
    String servletPath = ctx.req().getServletPath();
    String pathInfo = ctx.req().getPathInfo();
    return ctx.contextPath() + servletPath + (pathInfo == null ? "" : pathInfo);
  }

  @Override
  public @Nullable String peer() {
    return ctx.req().getRemoteAddr();
  }

  @Override
  public Iterable<String> headers(String name) {
    Enumeration<String> lines = ctx.req().getHeaders(name);
    return lines == null ? List.of() : Collections.list(lines);
  }

  @Override
  public @Nullable Backend backend() {
    TraffikPlugin plugin = TraffikPlugin.of(ctx);
    return plugin == null ? null : plugin.backend();
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    if (type.isInstance(ctx)) {
      return type.cast(ctx);
    }
    return type.isInstance(ctx.req()) ? type.cast(ctx.req()) : null;
  }
}

package io.traffik.javalin;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.servlet.JavalinWsServletContext;
import io.javalin.router.Endpoint;
import io.javalin.router.Endpoints;
import io.javalin.websocket.WsBinaryMessageContext;
import io.javalin.websocket.WsContext;
import io.javalin.websocket.WsMessageContext;
import io.traffik.Backend;
import io.traffik.ConnectionView;
import io.traffik.http.RequestPath;
import io.traffik.websocket.MessageView;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Javalin request, or the handshake of a WebSocket, as throttles see it.
 *
 * <p>The {@link #route()} is the template of the endpoint that serves the request. A request that
 * no endpoint serves counts under the pattern of the handler that asks ({@code /api/*}), so that a
 * client gains nothing by making up paths. Either is as the application declared it, however the
 * client spelled the path, behind the context path. The method is the one that Javalin routed by.
 */
public final class JavalinView implements ConnectionView {

  static final String WAY_TO_BACKEND = "config.registerPlugin(new TraffikPlugin(…))";

  private final Context ctx;
  private final @Nullable PluginState application;
  private final @Nullable String route;

  JavalinView(Context ctx, @Nullable PluginState application) {
    this.ctx = ctx;
    this.application = application;
    // Kept, because it changes while the request goes from handler to handler, and a refund must
    // find the bucket that was charged.
    this.route = route(ctx, application);
  }

  /**
   * The view of a request, for handlers that use a throttle directly.
   *
   * @param ctx the request, inside any of its handlers; not null
   * @return its view
   */
  public static JavalinView of(Context ctx) {
    Objects.requireNonNull(ctx, "ctx must not be null");
    return new JavalinView(ctx, PluginState.of(ctx));
  }

  /**
   * The view of a WebSocket's text message, for handlers that use a throttle directly: {@code
   * typing.enforce(JavalinView.message(ctx).withContext("typing"))}. Its {@link MessageView#unwrap}
   * gives the {@link WsContext} with which the connection was opened.
   *
   * @param ctx the message; not null
   * @return its view
   */
  public static MessageView message(WsMessageContext ctx) {
    return MessageView.text(SocketState.of(ctx).view(), ctx.message());
  }

  /**
   * The view of a WebSocket's binary message, for handlers that use a throttle directly.
   *
   * @param ctx the message; not null
   * @return its view
   */
  public static MessageView message(WsBinaryMessageContext ctx) {
    return MessageView.binary(SocketState.of(ctx).view(), ctx.data());
  }

  /**
   * The view of the handshake by which a WebSocket was opened, for handlers that use a throttle
   * directly.
   *
   * @param ctx the connection; not null
   * @return its view
   */
  public static ConnectionView handshake(WsContext ctx) {
    return SocketState.of(ctx).view();
  }

  private static @Nullable String route(Context ctx, @Nullable PluginState application) {
    String declared = declaredPath(ctx, application);
    return declared == null ? null : ctx.req().getServletContext().getContextPath() + declared;
  }

  private static @Nullable String declaredPath(Context ctx, @Nullable PluginState application) {
    Endpoints endpoints = ctx.endpoints();
    if (isHandshake(ctx)) {
      // Javalin finds the WebSocket first, and puts the handlers before the upgrade behind it.
      return endpoints.list().isEmpty() ? null : endpoints.list().get(0).path;
    }
    Endpoint matched = endpoints.matchedHttpEndpoint();
    if (matched != null) {
      return matched.path;
    }
    // Javalin answers HEAD for every GET endpoint by itself, and matches none.
    if (application != null && ctx.method().equals(HandlerType.HEAD)) {
      String template = application.getTemplate(ctx);
      if (template != null) {
        return template;
      }
    }
    return endpoints.list().isEmpty() ? null : endpoints.current().path;
  }

  static boolean isHandshake(Context ctx) {
    return ctx instanceof JavalinWsServletContext;
  }

  /** {@link Kind#HANDSHAKE} in handlers before the upgrade to a WebSocket. */
  @Override
  public Kind kind() {
    return isHandshake(ctx) ? Kind.HANDSHAKE : Kind.HTTP;
  }

  @Override
  public String method() {
    return ctx.method().name();
  }

  @Override
  public @Nullable String route() {
    return route;
  }

  /**
   * The path as the client sent it, decoded, the context path included; without empty segments and
   * a trailing slash, which Javalin can be told to ignore. Where it is told to ignore case, the
   * path is in lower case, as far as the {@link TraffikPlugin} can tell.
   */
  @Override
  public String path() {
    String path = RequestPath.decode(ctx.path());
    return application != null && application.ignoresCase() ? path.toLowerCase(Locale.ROOT) : path;
  }

  /**
   * The address that the server reports: the socket's, unless Jetty itself was set up to trust a
   * proxy ({@code ForwardedRequestCustomizer}). Neither {@code contextResolver.ip} nor a filter of
   * the application changes it.
   */
  @Override
  public @Nullable String remoteAddress() {
    ServletRequest innermost = ctx.req();
    while (innermost instanceof ServletRequestWrapper wrapper) {
      innermost = wrapper.getRequest();
    }
    return innermost.getRemoteAddr();
  }

  @Override
  public Iterable<String> headers(String name) {
    Enumeration<String> lines = ctx.req().getHeaders(name);
    return lines == null ? List.of() : Collections.list(lines);
  }

  @Override
  public @Nullable String header(String name) {
    return ctx.req().getHeader(name);
  }

  @Override
  public @Nullable Backend backend() {
    return application == null ? null : application.backend();
  }

  /** The {@link Context}, or the servlet request. */
  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    if (type.isInstance(ctx)) {
      return type.cast(ctx);
    }
    return type.isInstance(ctx.req()) ? type.cast(ctx.req()) : null;
  }

  @Override
  public String toString() {
    return method() + " " + path();
  }
}

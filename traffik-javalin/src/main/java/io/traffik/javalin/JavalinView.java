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
 * The view of a Javalin request, or of the handshake of a WebSocket.
 *
 * <p>The {@link #route()} is the path template of the matching endpoint, for example {@code
 * /users/{id}}. Without a matching endpoint it is the pattern of the current handler, for example
 * {@code /api/*}. So a client cannot get fresh buckets by inventing paths. The route includes the
 * context path. The method is the one that Javalin uses for routing.
 */
public final class JavalinView implements ConnectionView {

  private final Context ctx;
  private final @Nullable PluginState plugin;
  private final @Nullable String route;

  JavalinView(Context ctx, @Nullable PluginState plugin) {
    this.ctx = ctx;
    this.plugin = plugin;
    // Stored, because the current handler changes, and a refund must use the charged bucket.
    this.route = route(ctx, plugin);
  }

  /**
   * Returns the view of a request, for handlers that call a throttle directly.
   *
   * @param ctx the request, inside any of its handlers; not null
   * @return the view
   */
  public static JavalinView of(Context ctx) {
    Objects.requireNonNull(ctx, "ctx must not be null");
    return new JavalinView(ctx, PluginState.of(ctx));
  }

  /**
   * Returns the view of a text message, for handlers that call a throttle directly: {@code
   * typing.enforce(JavalinView.message(ctx).withContext("typing"))}. Its {@link MessageView#unwrap}
   * supports a {@link WsContext} of the connection, which may be that of an earlier event.
   *
   * @param ctx the message; not null
   * @return the view
   */
  public static MessageView message(WsMessageContext ctx) {
    return MessageView.text(SocketState.of(ctx).view(), ctx.message());
  }

  /**
   * Returns the view of a binary message, for handlers that call a throttle directly.
   *
   * @param ctx the message; not null
   * @return the view
   */
  public static MessageView message(WsBinaryMessageContext ctx) {
    return MessageView.binary(SocketState.of(ctx).view(), ctx.data());
  }

  /**
   * Returns the view of an open WebSocket's handshake, for handlers that call a throttle directly.
   *
   * @param ctx the connection; not null
   * @return the view
   */
  public static ConnectionView handshake(WsContext ctx) {
    return SocketState.of(ctx).view();
  }

  private static @Nullable String route(Context ctx, @Nullable PluginState plugin) {
    String declared = declaredPath(ctx, plugin);
    return declared == null ? null : ctx.req().getServletContext().getContextPath() + declared;
  }

  private static @Nullable String declaredPath(Context ctx, @Nullable PluginState plugin) {
    Endpoints endpoints = ctx.endpoints();
    if (isHandshake(ctx)) {
      // Javalin lists the WebSocket first, and the handlers before the upgrade after it.
      return endpoints.list().isEmpty() ? null : endpoints.list().get(0).path;
    }
    Endpoint matched = endpoints.matchedHttpEndpoint();
    if (matched != null) {
      return matched.path;
    }
    // For HEAD on a GET endpoint, Javalin reports no matched endpoint.
    if (plugin != null && ctx.method().equals(HandlerType.HEAD)) {
      String template = plugin.template(ctx);
      if (template != null) {
        return template;
      }
    }
    return endpoints.list().isEmpty() ? null : endpoints.current().path;
  }

  static boolean isHandshake(Context ctx) {
    return ctx instanceof JavalinWsServletContext;
  }

  /** Returns {@link Kind#HANDSHAKE} in handlers before the upgrade to a WebSocket. */
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
   * Returns the decoded path, including the context path, without empty segments and without a
   * trailing slash. If routes ignore case and the {@link TraffikPlugin} is registered, the path is
   * in lower case.
   */
  @Override
  public String path() {
    String path = RequestPath.decode(ctx.path());
    return plugin != null && plugin.ignoresCase() ? path.toLowerCase(Locale.ROOT) : path;
  }

  /**
   * Returns the socket's address, or the client's address if Jetty is configured to trust a proxy
   * ({@code ForwardedRequestCustomizer}). Neither {@code contextResolver.ip} nor a filter of the
   * application changes it.
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
    return plugin == null ? null : plugin.backend();
  }

  /** Supports the {@link Context} and the servlet request. */
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

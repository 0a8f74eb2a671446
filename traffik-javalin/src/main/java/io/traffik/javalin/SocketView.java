package io.traffik.javalin;

import io.javalin.http.servlet.JavalinWsServletContext;
import io.javalin.router.Endpoint;
import io.javalin.websocket.WsContext;
import io.traffik.Backend;
import io.traffik.ConnectionView;
import io.traffik.http.RequestPath;
import io.traffik.websocket.ConnectionId;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.websocket.api.UpgradeRequest;
import org.jspecify.annotations.Nullable;

/** The view of an open WebSocket's handshake, without the request, which is already recycled. */
final class SocketView implements ConnectionView {

  /** The attribute in which Javalin keeps the context of the upgrade request. */
  static final String UPGRADE = "javalin-ws-upgrade-context";

  private final ConnectionId id = ConnectionId.next();
  private final WsContext ctx;
  private final UpgradeRequest request;
  private final @Nullable PluginState plugin;
  private final @Nullable String route;
  private final String path;
  private final @Nullable String remoteAddress;

  SocketView(WsContext ctx) {
    JavalinWsServletContext upgrade = upgradeContext(ctx);
    this.ctx = ctx;
    this.request = ctx.session.getUpgradeRequest();
    this.plugin = upgrade == null ? null : PluginState.of(upgrade);
    this.route = route(ctx, upgrade, plugin);
    this.path = path(request, plugin);
    this.remoteAddress = remoteAddress(ctx);
  }

  /** The context of the upgrade. Its request and response must no longer be accessed. */
  static @Nullable JavalinWsServletContext upgradeContext(WsContext ctx) {
    return ctx.attribute(UPGRADE);
  }

  private static @Nullable String route(
      WsContext ctx, @Nullable JavalinWsServletContext upgrade, @Nullable PluginState plugin) {
    // Javalin lists the endpoint first, and the handlers before the upgrade after it.
    List<Endpoint> endpoints = upgrade == null ? List.of() : upgrade.endpoints().list();
    String declared = endpoints.isEmpty() ? ctx.endpoint().path : endpoints.get(0).path;
    return plugin == null ? declared : plugin.contextPath() + declared;
  }

  private static String path(UpgradeRequest request, @Nullable PluginState plugin) {
    String path = RequestPath.fromTarget(request.getRequestURI().toString());
    return plugin != null && plugin.ignoresCase() ? path.toLowerCase(Locale.ROOT) : path;
  }

  /** The address from a throttled handshake if there was one, otherwise the socket's address. */
  private static @Nullable String remoteAddress(WsContext ctx) {
    String reported = ctx.attribute(ThrottledExchange.REMOTE_ADDRESS);
    if (reported != null) {
      return reported;
    }
    SocketAddress address = ctx.session.getRemoteSocketAddress();
    return address instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress()
        : null;
  }

  @Nullable PluginState plugin() {
    return plugin;
  }

  @Override
  public Kind kind() {
    return Kind.HANDSHAKE;
  }

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public @Nullable String route() {
    return route;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String remoteAddress() {
    return remoteAddress;
  }

  @Override
  public Iterable<String> headers(String name) {
    List<String> lines = request.getHeaders(name);
    return lines == null ? List.of() : lines;
  }

  @Override
  public @Nullable Backend backend() {
    return plugin == null ? null : plugin.backend();
  }

  /**
   * Supports the {@link ConnectionId} and a {@link WsContext} of the connection, which may be that
   * of an earlier event.
   */
  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    if (type.isInstance(ctx)) {
      return type.cast(ctx);
    }
    return type.isInstance(id) ? type.cast(id) : null;
  }

  @Override
  public String toString() {
    return "handshake on " + path;
  }
}

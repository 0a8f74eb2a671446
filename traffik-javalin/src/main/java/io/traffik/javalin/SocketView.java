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

/**
 * The handshake of an open WebSocket as throttles see it, when the server has the request no more.
 */
final class SocketView implements ConnectionView {

  /** Where Javalin keeps the request's context; pinned by a test. */
  private static final String UPGRADE = "javalin-ws-upgrade-context";

  private final ConnectionId id = ConnectionId.next();
  private final WsContext ctx;
  private final UpgradeRequest request;
  private final @Nullable PluginState application;
  private final @Nullable String route;
  private final String path;
  private final @Nullable String remoteAddress;

  SocketView(WsContext ctx) {
    JavalinWsServletContext upgrade = upgrade(ctx);
    this.ctx = ctx;
    this.request = ctx.session.getUpgradeRequest();
    this.application = upgrade == null ? null : PluginState.of(upgrade);
    this.route = route(ctx, upgrade, application);
    this.path = path(request, application);
    this.remoteAddress = remoteAddress(ctx);
  }

  /** The context of the handshake, whose request and response are not to be touched any more. */
  static @Nullable JavalinWsServletContext upgrade(WsContext ctx) {
    return ctx.attribute(UPGRADE);
  }

  private static @Nullable String route(
      WsContext ctx, @Nullable JavalinWsServletContext upgrade, @Nullable PluginState application) {
    // The first is the endpoint's; those of handlers before the upgrade are put behind it.
    List<Endpoint> visited = upgrade == null ? List.of() : upgrade.endpoints().list();
    String declared = visited.isEmpty() ? ctx.endpoint().path : visited.get(0).path;
    return application == null ? declared : application.contextPath() + declared;
  }

  private static String path(UpgradeRequest request, @Nullable PluginState application) {
    String path = RequestPath.decode(String.valueOf(request.getRequestURI().getRawPath()));
    return application != null && application.ignoresCase() ? path.toLowerCase(Locale.ROOT) : path;
  }

  /** As the server reported it at the handshake, if that was throttled here; else the socket's. */
  private static @Nullable String remoteAddress(WsContext ctx) {
    String reported = ctx.attribute(ThrottledExchange.PEER);
    if (reported != null) {
      return reported;
    }
    SocketAddress address = ctx.session.getRemoteSocketAddress();
    return address instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress()
        : null;
  }

  @Nullable PluginState application() {
    return application;
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
    return application == null ? null : application.backend();
  }

  /** The {@link WsContext} with which the connection was opened, or its {@link ConnectionId}. */
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

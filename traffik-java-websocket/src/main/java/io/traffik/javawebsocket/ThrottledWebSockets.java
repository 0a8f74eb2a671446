package io.traffik.javawebsocket;

import io.traffik.Backend;
import io.traffik.BackendLease;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionView;
import io.traffik.Throttle;
import io.traffik.http.RateLimitHeaders;
import io.traffik.websocket.WebSocketThrottling;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.WebSocketServerFactory;
import org.java_websocket.server.DefaultWebSocketServerFactory;
import org.java_websocket.server.WebSocketServer;
import org.jspecify.annotations.Nullable;

/**
 * Throttles the connections and messages of a {@link WebSocketServer}, whose class stays as it is.
 *
 * <pre>{@code
 * server.setWebSocketFactory(
 *     ThrottledWebSockets.handshakes(api).messages(chat).backend(backend).build());
 * }</pre>
 *
 * <p>A denied handshake is answered with 429, header fields and a problem document, as an HTTP
 * request is, and the server never hears of the connection. A denied message is answered as {@link
 * WebSocketThrottling} says, and the server never hears of it either.
 *
 * <p>Handshakes are decided on the server's thread, because the library wants the answer at once: a
 * backend that is not in memory may hold that thread until its deadline. {@link
 * WebSocketThrottling#connections} does not, and closes the connection where this would refuse it.
 * Messages never hold it.
 *
 * <p>Every text that a client puts into a handshake's path is a path to this library. Unless told
 * which {@link #paths} there are, each has its own bucket, and a client gets a fresh one by making
 * up a path, if the server takes connections on any: name the paths, or choose {@link
 * io.traffik.Scope#ALL_ROUTES}.
 *
 * <p>Immutable and safe for any number of threads. All parameters must not be null.
 */
public final class ThrottledWebSockets {

  private final List<Throttle> handshakes;
  private final @Nullable WebSocketThrottling messages;
  private final @Nullable Backend backend;
  private final Set<String> paths;
  private final Map<String, WebSocketThrottling> messagesByPath;
  private final RateLimitHeaders rateLimitHeaders;
  private final @Nullable WebSocketServerFactory delegate;

  private ThrottledWebSockets(
      List<Throttle> handshakes,
      @Nullable WebSocketThrottling messages,
      @Nullable Backend backend,
      Set<String> paths,
      Map<String, WebSocketThrottling> messagesByPath,
      RateLimitHeaders rateLimitHeaders,
      @Nullable WebSocketServerFactory delegate) {
    this.handshakes = handshakes;
    this.messages = messages;
    this.backend = backend;
    this.paths = paths;
    this.messagesByPath = messagesByPath;
    this.rateLimitHeaders = rateLimitHeaders;
    this.delegate = delegate;
  }

  /**
   * Throttles for handshakes.
   *
   * @param throttles enforced in order; none where only messages are to be throttled
   * @return a server's throttles
   */
  public static ThrottledWebSockets handshakes(Throttle... throttles) {
    for (Throttle throttle : Objects.requireNonNull(throttles, "throttles must not be null")) {
      Objects.requireNonNull(throttle, "throttle must not be null");
    }
    return new ThrottledWebSockets(
        List.of(throttles), null, null, Set.of(), Map.of(), RateLimitHeaders.STANDARD, null);
  }

  /**
   * These, and throttles for messages, which are answered by a JSON frame if denied.
   *
   * @param throttles at least one, enforced in order
   * @return a server's throttles
   * @throws ConfigurationException if there is none
   */
  public ThrottledWebSockets messages(Throttle... throttles) {
    return messages(WebSocketThrottling.ofMessages(throttles));
  }

  /**
   * These, and throttles for connections that are open.
   *
   * @param open how to throttle them and their messages
   * @return a server's throttles
   */
  public ThrottledWebSockets messages(WebSocketThrottling open) {
    Objects.requireNonNull(open, "open must not be null");
    return new ThrottledWebSockets(
        handshakes, open, backend, paths, messagesByPath, rateLimitHeaders, delegate);
  }

  /**
   * These, and other throttles for connections that are open on one path. On paths that have none
   * of their own those of {@link #messages(WebSocketThrottling)} hold, if there are any.
   *
   * @param path the path, as {@link #paths} takes it
   * @param open how to throttle them and their messages
   * @return a server's throttles
   */
  public ThrottledWebSockets messages(String path, WebSocketThrottling open) {
    requirePath(path);
    Map<String, WebSocketThrottling> more = new HashMap<>(messagesByPath);
    more.put(path, Objects.requireNonNull(open, "open must not be null"));
    return new ThrottledWebSockets(
        handshakes, messages, backend, paths, Map.copyOf(more), rateLimitHeaders, delegate);
  }

  private static void requirePath(String path) {
    if (!Objects.requireNonNull(path, "path must not be null").startsWith("/")) {
      throw new ConfigurationException("a path must begin with a slash: \"" + path + "\"");
    }
  }

  /**
   * These with a backend for those throttles that have none of their own. {@link #build} opens it;
   * when the server stops it is reset, unless it is persistent, and closed. Of several servers that
   * share a backend, the one that stops last does so.
   *
   * @param backend the backend
   * @return a server's throttles
   */
  public ThrottledWebSockets backend(Backend backend) {
    Objects.requireNonNull(backend, "backend must not be null");
    return new ThrottledWebSockets(
        handshakes, messages, backend, paths, messagesByPath, rateLimitHeaders, delegate);
  }

  /**
   * These with the paths that the server knows: all others count as one. Unless told, each path
   * counts as it is.
   *
   * @param paths at least one, decoded and without a slash at the end ({@code /} alone excepted)
   * @return a server's throttles
   * @throws ConfigurationException if there is none, or one does not begin with a slash
   */
  public ThrottledWebSockets paths(String... paths) {
    Objects.requireNonNull(paths, "paths must not be null");
    for (String path : paths) {
      requirePath(path);
    }
    if (paths.length == 0) {
      throw new ConfigurationException("paths(…) must be given at least one path: none");
    }
    return new ThrottledWebSockets(
        handshakes, messages, backend, Set.of(paths), messagesByPath, rateLimitHeaders, delegate);
  }

  /**
   * These with other header fields on the answers to handshakes; {@link RateLimitHeaders#STANDARD}
   * unless told.
   *
   * @param rateLimitHeaders the fields
   * @return a server's throttles
   */
  public ThrottledWebSockets rateLimitHeaders(RateLimitHeaders rateLimitHeaders) {
    Objects.requireNonNull(rateLimitHeaders, "rateLimitHeaders must not be null");
    return new ThrottledWebSockets(
        handshakes, messages, backend, paths, messagesByPath, rateLimitHeaders, delegate);
  }

  /**
   * These in front of a factory of the user's, that of TLS say: {@code delegate(new
   * DefaultSSLWebSocketServerFactory(sslContext))}. It must not be set on the server as well, which
   * would close it when this one takes its place.
   *
   * @param factory makes the connections; closed with the server
   * @return a server's throttles
   */
  public ThrottledWebSockets delegate(WebSocketServerFactory factory) {
    Objects.requireNonNull(factory, "factory must not be null");
    return new ThrottledWebSockets(
        handshakes, messages, backend, paths, messagesByPath, rateLimitHeaders, factory);
  }

  /**
   * Makes the factory for {@link WebSocketServer#setWebSocketFactory}, for one server, before it is
   * started.
   *
   * @return the factory
   * @throws ConfigurationException if the backend cannot be opened
   */
  public WebSocketServerFactory build() {
    BackendLease lease = backend == null ? null : BackendLease.acquire(backend);
    return new ThrottledFactory(
        this, delegate == null ? new DefaultWebSocketServerFactory() : delegate, lease);
  }

  /**
   * The view of the handshake of a connection, for servers that ask a throttle by themselves:
   *
   * <pre>{@code
   * upload.enforce(MessageView.text(ThrottledWebSockets.handshakeView(conn), message).withContext("upload"));
   * }</pre>
   *
   * <p>A {@link io.traffik.ConnectionThrottledException} that leaves {@code onMessage} is answered
   * as if the throttle had been one of these, if these throttle messages.
   *
   * @param connection an open connection of a server with a factory that this class made
   * @return its view
   * @throws IllegalArgumentException if it is another connection
   */
  public static ConnectionView handshakeView(WebSocket connection) {
    Objects.requireNonNull(connection, "connection must not be null");
    if (connection instanceof WebSocketImpl made
        && made.getWebSocketListener() instanceof ThrottledListener listener) {
      return listener.view();
    }
    throw new IllegalArgumentException(
        "a connection must come from a server with a factory of ThrottledWebSockets: "
            + connection);
  }

  List<Throttle> handshakeThrottles() {
    return handshakes;
  }

  /** How connections on a path are throttled, or null if they are not. */
  @Nullable WebSocketThrottling messagesOn(String path) {
    WebSocketThrottling own = messagesByPath.get(path);
    return own == null ? messages : own;
  }

  @Nullable Backend backend() {
    return backend;
  }

  Set<String> knownPaths() {
    return paths;
  }

  RateLimitHeaders rateLimitHeaders() {
    return rateLimitHeaders;
  }
}

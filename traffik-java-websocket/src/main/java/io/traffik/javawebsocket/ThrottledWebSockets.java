package io.traffik.javawebsocket;

import io.traffik.Backend;
import io.traffik.BackendLease;
import io.traffik.BackendStart;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionView;
import io.traffik.Throttle;
import io.traffik.ThrottleRegistry;
import io.traffik.http.RateLimitHeaders;
import io.traffik.http.RequestPath;
import io.traffik.http.ThrottledRequest;
import io.traffik.websocket.WebSocketThrottling;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.WebSocketServerFactory;
import org.java_websocket.server.DefaultWebSocketServerFactory;
import org.java_websocket.server.WebSocketServer;
import org.jspecify.annotations.Nullable;

/**
 * Throttles the connections and messages of a {@link WebSocketServer}. The server's class needs no
 * change.
 *
 * <pre>{@code
 * server.setWebSocketFactory(
 *     ThrottledWebSockets.handshakes(api).messages(chat).backend(backend).build());
 * }</pre>
 *
 * <p>The response to a denied handshake has status 429, header fields and a problem document. The
 * server is not notified of denied handshakes or messages. {@link WebSocketThrottling} describes
 * the answers to denied messages.
 *
 * <p>Handshakes are decided on the server's thread, because the library needs the answer
 * immediately. A remote backend can block that thread until its deadline. {@link
 * WebSocketThrottling#connections} avoids this: it decides after the handshake and closes denied
 * connections. Decisions about messages never block the server's thread.
 *
 * <p>The library has no routes. A declared path is a route: one that {@link #paths} or {@link
 * #messages(String, WebSocketThrottling)} names. A client has one bucket for all other paths
 * together. A handshake whose request target contains a control character is refused with 400.
 *
 * <p>Immutable and safe for any number of threads. No parameter may be null.
 */
public final class ThrottledWebSockets {

  /** The settings. They do not change after the constructor of {@link ThrottledWebSockets}. */
  static final class Settings {
    List<Throttle> handshakes = List.of();
    @Nullable WebSocketThrottling messages;
    @Nullable Backend backend;
    BackendStart start = BackendStart.OPTIONAL;
    Set<String> declaredPaths = Set.of();
    Map<String, WebSocketThrottling> messagesByPath = Map.of();
    RateLimitHeaders rateLimitHeaders = RateLimitHeaders.STANDARD;
    @Nullable WebSocketServerFactory delegate;

    Settings copy() {
      Settings copy = new Settings();
      copy.handshakes = handshakes;
      copy.messages = messages;
      copy.backend = backend;
      copy.start = start;
      copy.declaredPaths = declaredPaths;
      copy.messagesByPath = messagesByPath;
      copy.rateLimitHeaders = rateLimitHeaders;
      copy.delegate = delegate;
      return copy;
    }

    /** Returns the throttling of connections on a path, or null if there is none. */
    @Nullable WebSocketThrottling throttlingOf(String path) {
      return messagesByPath.getOrDefault(path, messages);
    }
  }

  private final Settings settings;

  private ThrottledWebSockets(Settings base, Consumer<Settings> change) {
    this.settings = base.copy();
    change.accept(settings);
  }

  private ThrottledWebSockets with(Consumer<Settings> change) {
    return new ThrottledWebSockets(settings, change);
  }

  /**
   * Throttles handshakes.
   *
   * @param throttles enforced in order; may be empty, to throttle only messages
   * @return the throttles of a server
   */
  public static ThrottledWebSockets handshakes(Throttle... throttles) {
    List<Throttle> handshakes = ThrottledRequest.requireThrottles(throttles);
    return new ThrottledWebSockets(new Settings(), created -> created.handshakes = handshakes);
  }

  /**
   * Returns a copy that throttles messages on all paths and answers denials with an error frame.
   *
   * @param throttles at least one, enforced in order
   * @return the copy
   * @throws ConfigurationException if there is none
   */
  public ThrottledWebSockets messages(Throttle... throttles) {
    return messages(WebSocketThrottling.ofMessages(throttles));
  }

  /**
   * Returns a copy that throttles open connections and their messages on all paths.
   *
   * @param throttling the throttles of connections and messages
   * @return the copy
   */
  public ThrottledWebSockets messages(WebSocketThrottling throttling) {
    Objects.requireNonNull(throttling, "throttling must not be null");
    return with(copy -> copy.messages = throttling);
  }

  /**
   * Returns a copy that throttles open connections on one path, which it declares. On this path it
   * replaces the throttling of {@link #messages(WebSocketThrottling)}.
   *
   * @param path the path, in the form that {@link #paths} accepts
   * @param throttling the throttles of connections and messages
   * @return the copy
   * @throws ConfigurationException if the path has another form
   */
  public ThrottledWebSockets messages(String path, WebSocketThrottling throttling) {
    requirePath(path);
    Objects.requireNonNull(throttling, "throttling must not be null");
    Map<String, WebSocketThrottling> more = new HashMap<>(settings.messagesByPath);
    more.put(path, throttling);
    return with(
        copy -> {
          copy.messagesByPath = Map.copyOf(more);
          copy.declaredPaths = declare(List.of(path));
        });
  }

  private Set<String> declare(List<String> more) {
    Set<String> declared = new HashSet<>(settings.declaredPaths);
    declared.addAll(more);
    return Set.copyOf(declared);
  }

  private static void requirePath(String path) {
    if (!Objects.requireNonNull(path, "path must not be null").startsWith("/")) {
      throw new ConfigurationException(
          "path must begin with a slash: \"" + path + "\". Write it as in /chat.");
    }
    String matched = RequestPath.decode(path);
    if (!matched.equals(path)) {
      throw new ConfigurationException(
          "No connection can have the path \"" + path + "\". Write it as \"" + matched + "\".");
    }
  }

  /**
   * Returns a copy with a backend for those throttles that have none of their own. {@link #build}
   * opens it. When the server stops, the backend is reset, unless it is persistent, and closed. If
   * several servers share a backend, the last one to stop does so.
   *
   * @param backend the backend
   * @return the copy
   */
  public ThrottledWebSockets backend(Backend backend) {
    Objects.requireNonNull(backend, "backend must not be null");
    return with(copy -> copy.backend = backend);
  }

  /**
   * As {@link #backend(Backend)}, with the backend of a registry.
   *
   * @param throttles the application's throttles
   * @return the copy
   * @throws ConfigurationException if the registry has no backend
   */
  public ThrottledWebSockets registry(ThrottleRegistry throttles) {
    return backend(throttles.requireBackend());
  }

  /**
   * Returns a copy whose {@link #build} fails if the backend's store is out of reach. By default,
   * the server starts all the same, a warning is logged, and each throttle applies its failure
   * policy until the store is there.
   *
   * @return the copy
   */
  public ThrottledWebSockets requireBackendAtStart() {
    return with(copy -> copy.start = BackendStart.REQUIRED);
  }

  /**
   * Returns a copy that declares paths of the server, in addition to those already declared. By
   * default none is declared, and each client has one bucket for the whole server.
   *
   * @param paths at least one, decoded, without query, parameters and empty segments, and without a
   *     trailing slash (except for {@code /})
   * @return the copy
   * @throws ConfigurationException if there is none, or one has another form
   */
  public ThrottledWebSockets paths(String... paths) {
    Objects.requireNonNull(paths, "paths must not be null");
    for (String path : paths) {
      requirePath(path);
    }
    if (paths.length == 0) {
      throw new ConfigurationException(
          "paths(…) needs at least one path: none given. Pass the server's paths, or omit the call.");
    }
    return with(copy -> copy.declaredPaths = declare(List.of(paths)));
  }

  /**
   * Returns a copy with other header fields in the responses to handshakes. The default is {@link
   * RateLimitHeaders#STANDARD}.
   *
   * @param rateLimitHeaders the header fields
   * @return the copy
   */
  public ThrottledWebSockets rateLimitHeaders(RateLimitHeaders rateLimitHeaders) {
    Objects.requireNonNull(rateLimitHeaders, "rateLimitHeaders must not be null");
    return with(copy -> copy.rateLimitHeaders = rateLimitHeaders);
  }

  /**
   * Returns a copy that creates connections through another factory, for example for TLS: {@code
   * delegate(new DefaultSSLWebSocketServerFactory(sslContext))}. Do not set that factory on the
   * server, because the server closes a factory when it is replaced.
   *
   * @param factory creates the connections; closed with the server
   * @return the copy
   */
  public ThrottledWebSockets delegate(WebSocketServerFactory factory) {
    Objects.requireNonNull(factory, "factory must not be null");
    return with(copy -> copy.delegate = factory);
  }

  /**
   * Creates the factory for {@link WebSocketServer#setWebSocketFactory}. Each server needs its own
   * factory, set before the server starts.
   *
   * @return the factory
   * @throws ConfigurationException if the backend's configuration is wrong
   * @throws io.traffik.BackendException if the store is out of reach, and {@link
   *     #requireBackendAtStart() required}
   */
  public WebSocketServerFactory build() {
    Backend backend = settings.backend;
    WebSocketServerFactory delegate = settings.delegate;
    BackendLease lease = backend == null ? null : BackendLease.acquire(backend, settings.start);
    return new ThrottledFactory(
        settings, delegate == null ? new DefaultWebSocketServerFactory() : delegate, lease);
  }

  /**
   * Returns the view of a connection's handshake, for servers that call a throttle directly:
   *
   * <pre>{@code
   * ConnectionView handshake = ThrottledWebSockets.handshakeView(conn);
   * upload.enforce(MessageView.text(handshake, message).withContext("upload"));
   * }</pre>
   *
   * <p>If the messages of the connection are throttled, {@code onMessage} may throw a {@link
   * io.traffik.ConnectionThrottledException}: it is answered like a denial by this class.
   *
   * @param connection an open connection of a server whose factory this class created
   * @return the view
   * @throws IllegalArgumentException if the connection has another factory
   */
  public static ConnectionView handshakeView(WebSocket connection) {
    Objects.requireNonNull(connection, "connection must not be null");
    if (connection instanceof WebSocketImpl created
        && created.getWebSocketListener() instanceof ThrottledListener listener) {
      return listener.view();
    }
    throw new IllegalArgumentException(
        "connection must belong to a server with a factory of ThrottledWebSockets: "
            + connection
            + ". Set the factory before the server starts.");
  }
}

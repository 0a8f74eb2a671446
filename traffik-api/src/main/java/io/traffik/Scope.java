package io.traffik;

/**
 * Determines which connections of a client share a bucket: those for which it returns equal texts.
 *
 * <p>A throttle calls its scope once per hit, peek or refund; several threads may call it at once.
 * Return text that the application declared. A client that can vary the text gets a new bucket for
 * each variant, and can fill the store.
 */
@FunctionalInterface
public interface Scope {

  /**
   * One bucket per method and {@link ConnectionView#route()}; the default for HTTP. All requests
   * without a route count as one route. {@code HEAD} counts as {@code GET}, since the same handlers
   * answer it. All methods outside RFC 9110 and RFC 5789 count as one.
   */
  Scope METHOD_AND_ROUTE = ScopeNames::methodAndRoute;

  /**
   * One bucket per {@link ConnectionView#route()} and context; the default for WebSocket handshakes
   * and messages. All connections without a route count as one route.
   */
  Scope ROUTE_AND_CONTEXT = ScopeNames::routeAndContext;

  /**
   * One bucket per {@link ConnectionView#route()}, whatever the method. All connections without a
   * route count as one route.
   */
  Scope ROUTE = ScopeNames::route;

  /**
   * One bucket per method and {@link ConnectionView#path()}, or per path and context of a
   * WebSocket.
   *
   * <p><b>Clients choose paths.</b> A client gets a fresh bucket by inventing a path, and each path
   * is one more key in the store: a single address can add a million keys in minutes. A store in
   * memory then evicts other keys; a shared store may run full. Use this scope only if few paths
   * reach the throttle, for example behind a handler that rejects unknown paths, or together with a
   * throttle in {@link #ALL_ROUTES}.
   */
  Scope PATH = ScopeNames::path;

  /** One bucket for all routes. */
  Scope ALL_ROUTES = view -> "";

  /**
   * Returns the scope of a connection.
   *
   * @param view the connection
   * @return the scope, not null; may be empty
   */
  String of(ConnectionView view);
}

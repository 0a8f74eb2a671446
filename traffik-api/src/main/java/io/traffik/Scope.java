package io.traffik;

/**
 * Determines which connections of a client share a bucket: those for which it returns equal texts.
 *
 * <p>A throttle calls its scope once per hit, peek or refund; several threads may call it at once.
 * Return text that the application declared. A client that can vary the text gets a new bucket for
 * each variant.
 */
@FunctionalInterface
public interface Scope {

  /**
   * One bucket per method and route; the default for HTTP. The route is the {@link
   * ConnectionView#route()}, or the {@link ConnectionView#path()} without one. {@code HEAD} counts
   * as {@code GET}, since the same handlers answer it. All methods outside RFC 9110 and RFC 5789
   * count as one.
   */
  Scope METHOD_AND_ROUTE = ScopeNames::methodAndRoute;

  /**
   * One bucket per route and context; the default for WebSocket handshakes and messages. The route
   * is the {@link ConnectionView#route()}, or the {@link ConnectionView#path()} without one.
   */
  Scope ROUTE_AND_CONTEXT = ScopeNames::routeAndContext;

  /**
   * One bucket per route, whatever the method. The route is the {@link ConnectionView#route()}, or
   * the {@link ConnectionView#path()} without one.
   */
  Scope ROUTE = ScopeNames::route;

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

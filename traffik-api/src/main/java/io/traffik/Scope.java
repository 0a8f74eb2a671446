package io.traffik;

/**
 * Tells which of a throttle's buckets a connection belongs to, beside who the client is:
 * connections with equal scopes share one.
 *
 * <p>A scope is called once per hit, peek or refund, possibly by many threads at once. It returns
 * any text, never null, and should take that text from what the application declared rather than
 * from what a client can vary.
 */
@FunctionalInterface
public interface Scope {

  /**
   * One bucket per method and route; the default for HTTP. The route is the {@link
   * ConnectionView#route()}, else the {@link ConnectionView#path()}. {@code HEAD} counts as {@code
   * GET}, whose handlers answer it, and all methods outside RFC 9110 and RFC 5789 count as one.
   */
  Scope METHOD_AND_ROUTE = ScopeNames::methodAndRoute;

  /**
   * One bucket per route and context; the default for WebSocket handshakes and messages. The route
   * is the {@link ConnectionView#route()}, else the {@link ConnectionView#path()}.
   */
  Scope ROUTE_AND_CONTEXT = ScopeNames::routeAndContext;

  /**
   * One bucket per route, whatever the method. The route is the {@link ConnectionView#route()},
   * else the {@link ConnectionView#path()}.
   */
  Scope ROUTE = ScopeNames::route;

  /** One bucket for all routes. */
  Scope ALL_ROUTES = view -> "";

  /**
   * Names the scope of a connection.
   *
   * @param view the connection
   * @return the scope; connections with equal texts share a bucket
   */
  String of(ConnectionView view);
}

package io.traffik;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The texts of the library's scopes. Those of declared routes are composed once and kept, so that a
 * hit composes nothing; paths, which clients choose, are never kept.
 */
final class ScopeNames {

  private static final int MAX_KEPT = 1_024;
  private static final String WEBSOCKET = "WS ";

  private static final ScopeNames GET = new ScopeNames("GET ");
  private static final ScopeNames POST = new ScopeNames("POST ");
  private static final ScopeNames PUT = new ScopeNames("PUT ");
  private static final ScopeNames DELETE = new ScopeNames("DELETE ");
  private static final ScopeNames PATCH = new ScopeNames("PATCH ");
  private static final ScopeNames OPTIONS = new ScopeNames("OPTIONS ");
  private static final ScopeNames TRACE = new ScopeNames("TRACE ");
  private static final ScopeNames CONNECT = new ScopeNames("CONNECT ");
  private static final ScopeNames OTHER = new ScopeNames("OTHER ");
  private static final ScopeNames DEFAULT_CONTEXT = new ScopeNames(WEBSOCKET + "7:default ");

  private final String prefix;
  private final ConcurrentHashMap<String, String> byRoute = new ConcurrentHashMap<>();

  private ScopeNames(String prefix) {
    this.prefix = prefix;
  }

  static String byKind(ConnectionView view) {
    return view.kind() == ConnectionView.Kind.HTTP ? methodAndRoute(view) : routeAndContext(view);
  }

  static String methodAndRoute(ConnectionView view) {
    return ofMethod(given(view.method(), "method()", view)).name(view);
  }

  static String routeAndContext(ConnectionView view) {
    String context = given(view.context(), "context()", view);
    // The length in front keeps a context with spaces from reading like another one's route.
    return context.equals("default")
        ? DEFAULT_CONTEXT.name(view)
        : WEBSOCKET + context.length() + ":" + context + " " + route(view);
  }

  static String route(ConnectionView view) {
    String route = view.route();
    return route != null ? route : path(view);
  }

  private static String path(ConnectionView view) {
    return given(view.path(), "path()", view);
  }

  /** Adapters may be compiled without a check for null, which would become the name of a bucket. */
  private static String given(@Nullable String part, String name, ConnectionView view) {
    if (part == null) {
      throw new ConfigurationException(
          name + " of a connection view must not be null: " + view.getClass().getName());
    }
    return part;
  }

  private static ScopeNames ofMethod(String method) {
    return switch (method) {
      case "GET", "HEAD" -> GET;
      case "POST" -> POST;
      case "PUT" -> PUT;
      case "DELETE" -> DELETE;
      case "PATCH" -> PATCH;
      case "OPTIONS" -> OPTIONS;
      case "TRACE" -> TRACE;
      case "CONNECT" -> CONNECT;
      default -> OTHER;
    };
  }

  private String name(ConnectionView view) {
    String route = view.route();
    if (route == null) {
      return prefix + path(view);
    }
    String kept = byRoute.get(route);
    return kept != null ? kept : keep(route);
  }

  private String keep(String route) {
    String name = prefix + route;
    if (byRoute.size() < MAX_KEPT) {
      byRoute.put(route, name);
    }
    return name;
  }
}

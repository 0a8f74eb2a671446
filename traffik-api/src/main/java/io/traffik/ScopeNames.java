package io.traffik;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Computes the names of the library's scopes. Names of declared routes are cached, so that a hit
 * concatenates no strings. Paths are never cached, since clients choose them.
 */
final class ScopeNames {

  private static final int MAX_CACHED = 1_024;
  private static final String WEBSOCKET = "WS ";

  /** The route of connections without one. It is no path, because paths begin with a slash. */
  private static final String NO_ROUTE = "*";

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

  static String byDefault(ConnectionView view) {
    return view.kind() == ConnectionView.Kind.HTTP ? methodAndRoute(view) : routeAndContext(view);
  }

  static String methodAndRoute(ConnectionView view) {
    return namesOf(view).name(route(view));
  }

  static String routeAndContext(ConnectionView view) {
    String context = context(view);
    return context.equals("default")
        ? DEFAULT_CONTEXT.name(route(view))
        : prefixOf(context) + route(view);
  }

  static String route(ConnectionView view) {
    String route = view.route();
    return route == null ? NO_ROUTE : route;
  }

  static String path(ConnectionView view) {
    String prefix =
        view.kind() == ConnectionView.Kind.HTTP ? namesOf(view).prefix : prefixOf(context(view));
    return prefix + required(view.path(), "path()", view);
  }

  private static ScopeNames namesOf(ConnectionView view) {
    return ofMethod(required(view.method(), "method()", view));
  }

  private static String context(ConnectionView view) {
    return required(view.context(), "context()", view);
  }

  /** The length prevents a context that contains spaces from matching another context and route. */
  private static String prefixOf(String context) {
    return WEBSOCKET + context.length() + ":" + context + " ";
  }

  /** Rejects null, since an adapter may lack null checks and "null" would name a bucket. */
  private static String required(@Nullable String part, String name, ConnectionView view) {
    if (part == null) {
      throw new ConfigurationException(
          name + " of a connection view must not return null: " + view.getClass().getName());
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

  private String name(String route) {
    String cached = byRoute.get(route);
    return cached != null ? cached : cache(route);
  }

  private String cache(String route) {
    String name = prefix + route;
    if (byRoute.size() < MAX_CACHED) {
      byRoute.put(route, name);
    }
    return name;
  }
}

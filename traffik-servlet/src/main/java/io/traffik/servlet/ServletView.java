package io.traffik.servlet;

import io.traffik.Backend;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionView;
import io.traffik.http.RequestPath;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a throttle sees of a servlet request. {@link ThrottleFilter} makes its own; others are for
 * code that asks a throttle inside a servlet or controller:
 *
 * <pre>{@code
 * export.enforce(ServletView.of(request), rows);
 * }</pre>
 *
 * <p>The {@link #route()} is the pattern by which the container chose the servlet, behind the
 * context path. Where the pattern says nothing ({@code /}, {@code /*} and the context root), there
 * is none, and the {@link #path()} stands in: a framework behind one such servlet gets a bucket per
 * path, unless the throttle has another scope.
 *
 * <p>Method, route and path are those of the dispatch in which the view was made.
 */
public final class ServletView implements ConnectionView {

  /** The name of the servlet context's attribute that holds the application's backend. */
  public static final String BACKEND = Backend.class.getName();

  static final String WAY_TO_BACKEND =
      "ThrottleFilter.of(…).backend(…), or by the servlet context's attribute "
          + BACKEND
          + " (ServletView.BACKEND)";

  private final HttpServletRequest request;
  private final @Nullable Backend backend;
  private final String method;
  private final @Nullable String route;
  private @Nullable String path;

  ServletView(HttpServletRequest request, @Nullable Backend backend) {
    this.request = request;
    this.backend = backend;
    this.method = request.getMethod();
    this.route = route(request);
  }

  /**
   * A view of a request. Its backend is the application's, the attribute {@link #BACKEND} of the
   * servlet context.
   *
   * @param request the request, not null
   * @return the view
   * @throws ConfigurationException if the attribute is not a backend
   */
  public static ServletView of(HttpServletRequest request) {
    Objects.requireNonNull(request, "request must not be null");
    return new ServletView(request, backend(request.getServletContext()));
  }

  static @Nullable Backend backend(ServletContext context) {
    Object found = context.getAttribute(BACKEND);
    if (found == null || found instanceof Backend) {
      return (Backend) found;
    }
    throw new ConfigurationException(
        "servlet context attribute "
            + BACKEND
            + " must be a backend: "
            + found.getClass().getName());
  }

  private static @Nullable String route(HttpServletRequest request) {
    HttpServletMapping mapping = request.getHttpServletMapping();
    MappingMatch match = mapping == null ? null : mapping.getMappingMatch();
    if (match == null) {
      return null;
    }
    String context = request.getServletContext().getContextPath();
    String pattern = mapping.getPattern();
    return switch (match) {
      case EXACT -> context + pattern;
      case EXTENSION -> context + "/" + pattern;
      case PATH -> pattern.equals("/*") ? null : context + pattern;
      case CONTEXT_ROOT, DEFAULT -> null;
    };
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public @Nullable String route() {
    return route;
  }

  /**
   * The context path and what the container matched against its mappings: decoded, normalized,
   * without parameters. Empty segments are left out, the one after a trailing slash included, since
   * frameworks differ in whether they tell such spellings apart.
   */
  @Override
  public String path() {
    String known = path;
    if (known == null) {
      known = path(request);
      path = known;
    }
    return known;
  }

  private static String path(HttpServletRequest request) {
    // Not getRequestURI or getContextPath of the request, which repeat the client's spelling.
    String context = request.getServletContext().getContextPath();
    String matched;
    try {
      String info = request.getPathInfo();
      matched = context + request.getServletPath() + (info == null ? "" : info);
    } catch (IllegalArgumentException e) {
      // Jetty decodes no path that it finds ambiguous (an encoded slash, say), even if it was set
      // up
      // to let such requests in.
      return RequestPath.normalize(request.getRequestURI());
    }
    return withoutEmptySegments(withOneCaseOfEscapes(matched));
  }

  /** Tomcat may be set up to leave encoded slashes as the client spelled them. */
  private static String withOneCaseOfEscapes(String path) {
    return path.indexOf('%') < 0 ? path : path.replace("%2f", "%2F").replace("%5c", "%5C");
  }

  private static String withoutEmptySegments(String path) {
    if (path.startsWith("/") && !path.endsWith("/") && !path.contains("//")) {
      return path;
    }
    StringBuilder kept = new StringBuilder(path.length() + 1);
    for (String segment : path.split("/", -1)) {
      if (!segment.isEmpty()) {
        kept.append('/').append(segment);
      }
    }
    return kept.isEmpty() ? "/" : kept.toString();
  }

  /**
   * The address that the container reports: the socket's, unless the container itself was set up to
   * trust a proxy (Tomcat's {@code RemoteIpValve}, Jetty's {@code ForwardedRequestCustomizer}).
   * What filters of the application make of it does not count.
   */
  @Override
  public @Nullable String remoteAddress() {
    ServletRequest innermost = request;
    while (innermost instanceof ServletRequestWrapper wrapper) {
      innermost = wrapper.getRequest();
    }
    return innermost.getRemoteAddr();
  }

  @Override
  public Iterable<String> headers(String name) {
    Enumeration<String> lines = request.getHeaders(name);
    return lines == null ? List.of() : Collections.list(lines);
  }

  @Override
  public @Nullable String header(String name) {
    return request.getHeader(name);
  }

  @Override
  public @Nullable Backend backend() {
    return backend;
  }

  /** The request that this view was made of, or one that it wraps. */
  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    ServletRequest candidate = request;
    while (!type.isInstance(candidate)) {
      if (!(candidate instanceof ServletRequestWrapper wrapper)) {
        return null;
      }
      candidate = wrapper.getRequest();
    }
    return type.cast(candidate);
  }

  @Override
  public String toString() {
    return method + " " + path();
  }
}

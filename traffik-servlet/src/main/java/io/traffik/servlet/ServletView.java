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
 * The view of a servlet request. {@link ThrottleFilter} creates its own views. Create one to
 * enforce a throttle inside a servlet or controller:
 *
 * <pre>{@code
 * export.enforce(ServletView.of(request), rows);
 * }</pre>
 *
 * <p>The {@link #route()} is the context path and the pattern of the servlet that the container
 * matched. A framework behind a servlet on {@code /} or {@code /*} therefore has one route; a scope
 * on the throttle can divide it.
 *
 * <p>Method, route and path are those of the dispatch in which the view was created. A view may be
 * passed to another thread, but two threads must not use it at once.
 */
public final class ServletView implements ConnectionView {

  /** The name of the servlet context attribute for the application's backend. */
  public static final String BACKEND = Backend.class.getName();

  private final HttpServletRequest request;
  private final @Nullable Backend backend;
  private final String method;
  private final @Nullable String route;
  private final String path;

  ServletView(HttpServletRequest request, @Nullable Backend backend) {
    this.request = request;
    this.backend = backend;
    this.method = request.getMethod();
    this.route = route(request);
    // Read now, because an asynchronous dispatch changes the path of the same request.
    this.path = path(request);
  }

  /**
   * Creates a view of a request. Its backend is the servlet context attribute {@link #BACKEND}.
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
    Object attribute = context.getAttribute(BACKEND);
    if (attribute == null || attribute instanceof Backend) {
      return (Backend) attribute;
    }
    throw new ConfigurationException(
        "Servlet context attribute "
            + BACKEND
            + " is not a Backend: "
            + attribute.getClass().getName()
            + ". Set it to a backend, or remove it.");
  }

  private static @Nullable String route(HttpServletRequest request) {
    HttpServletMapping mapping = request.getHttpServletMapping();
    MappingMatch match = mapping == null ? null : mapping.getMappingMatch();
    if (match == null) {
      return null;
    }
    String context = request.getServletContext().getContextPath();
    String pattern = mapping.getPattern();
    return match == MappingMatch.EXTENSION ? context + "/" + pattern : context + pattern;
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
   * The context path and the path that the container matched: decoded, normalised, without
   * parameters. Empty segments and a trailing slash are removed, since some frameworks treat such
   * spellings as one resource.
   */
  @Override
  public String path() {
    return path;
  }

  private static String path(HttpServletRequest request) {
    // The request's own getRequestURI and getContextPath repeat the client's spelling.
    String context = request.getServletContext().getContextPath();
    String matched;
    try {
      String info = request.getPathInfo();
      matched = context + request.getServletPath() + (info == null ? "" : info);
    } catch (IllegalArgumentException e) {
      // Jetty refuses to decode ambiguous paths (with an encoded slash, for example), even if it is
      // configured to accept such requests.
      return RequestPath.normalize(request.getRequestURI());
    }
    return RequestPath.ofDecoded(matched);
  }

  /**
   * The address that the container reports. It is the socket's, unless the container itself trusts
   * a proxy (Tomcat's {@code RemoteIpValve}, Jetty's {@code ForwardedRequestCustomizer}). Filters
   * of the application that wrap the request do not change it.
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

  /** Returns the view's request, or a request that it wraps, if it has the type. */
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
    return method + " " + path;
  }
}

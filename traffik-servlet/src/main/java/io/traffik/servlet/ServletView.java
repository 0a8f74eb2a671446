package io.traffik.servlet;

import io.traffik.Backend;
import io.traffik.ConnectionView;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a throttle sees of a servlet request.
 *
 * <p>The route is the mapping's pattern where the application declared one ({@code /report}, {@code
 * /api/*}, {@code *.do}), behind the context path. Behind a servlet that takes everything, as
 * Spring's does, there is none, and the path stands in. The path is the context path, the servlet
 * path and the path info, which the container has decoded and stripped of parameters.
 *
 * <p>The peer is {@link HttpServletRequest#getRemoteAddr()}: the socket's, unless the container was
 * set up to trust a proxy.
 */
public final class ServletView implements ConnectionView {

  /** The name of the servlet context's attribute that holds the application's backend. */
  public static final String BACKEND = Backend.class.getName();

  private final HttpServletRequest request;

  private ServletView(HttpServletRequest request) {
    this.request = request;
  }

  /**
   * A view of a request.
   *
   * @param request the request, not null
   * @return the view
   */
  public static ServletView of(HttpServletRequest request) {
    return new ServletView(request);
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public @Nullable String route() {
    HttpServletMapping mapping = request.getHttpServletMapping();
    if (mapping == null || mapping.getMappingMatch() == null) {
      return null;
    }
    String pattern = mapping.getPattern();
    return switch (mapping.getMappingMatch()) {
      case EXACT, EXTENSION -> contextPath() + pattern;
      case PATH -> pattern.equals("/*") ? null : contextPath() + pattern;
      default -> null;
    };
  }

  @Override
  public String path() {
    String servletPath = request.getServletPath();
    String pathInfo = request.getPathInfo();
    return contextPath() + (pathInfo == null ? servletPath : servletPath + pathInfo);
  }

  /** As declared: the request's own spelling of it is the client's, and not decoded. */
  private String contextPath() {
    return request.getServletContext().getContextPath();
  }

  @Override
  public @Nullable String peer() {
    return request.getRemoteAddr();
  }

  @Override
  public Iterable<String> headers(String name) {
    Enumeration<String> lines = request.getHeaders(name);
    return lines == null ? List.of() : Collections.list(lines);
  }

  @Override
  public @Nullable Backend backend() {
    ServletContext context = request.getServletContext();
    return context.getAttribute(BACKEND) instanceof Backend backend ? backend : null;
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return type.isInstance(request) ? type.cast(request) : null;
  }
}

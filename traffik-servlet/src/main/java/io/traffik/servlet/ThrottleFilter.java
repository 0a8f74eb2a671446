package io.traffik.servlet;

import io.traffik.Backend;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.http.HttpDenial;
import io.traffik.http.QuotaFields;
import io.traffik.http.ThrottledRequest;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Throttles the requests of a servlet application, Jakarta Servlet 5 and later.
 *
 * <pre>{@code
 * ThrottleFilter.of(api).register(context, "/api/*");
 * }</pre>
 *
 * <p>A denied request is answered with 429 at once, and nothing behind this filter runs. An allowed
 * one goes on with its quota in the response's header fields. A request is charged once per
 * throttle, whatever forwards, includes, error and asynchronous dispatches follow; if a later
 * throttle of the same request denies it, what the earlier ones took is given back. A {@link
 * ConnectionThrottledException} from behind the filter is answered in the same way while the
 * response is not committed.
 *
 * <p>The decision is made on the request's thread, before the chain goes on; no other filter is
 * skipped. Without a servlet container's help, in {@code web.xml}, {@link WebXmlParameters} sets
 * the filter up.
 *
 * <p>Safe for any number of threads.
 */
public final class ThrottleFilter implements Filter {

  private static final String ATTRIBUTE = ThrottledRequest.class.getName();

  private volatile List<Throttle> throttles;
  private volatile QuotaFields quotaFields;
  private volatile @Nullable Backend owned;

  /**
   * Makes a filter that is set up by its init parameters; containers call this. The parameters are
   * {@code rate} (one or several, by comma), {@code uid}, {@code scope}, {@code cost}, {@code
   * onBackendFailure}, {@code onAnonymous}, {@code quotaFields} and {@code maxKeys}. Unless the
   * servlet context holds a backend under {@link ServletView#BACKEND}, the filter has one in
   * memory.
   */
  public ThrottleFilter() {
    this(List.of(), QuotaFields.STANDARD);
  }

  private ThrottleFilter(List<Throttle> throttles, QuotaFields quotaFields) {
    this.throttles = throttles;
    this.quotaFields = quotaFields;
  }

  /**
   * A filter of one or several throttles, which are asked in order.
   *
   * @param throttles at least one
   * @return the filter
   * @throws ConfigurationException if there is none
   */
  public static ThrottleFilter of(Throttle... throttles) {
    if (throttles.length == 0) {
      throw new ConfigurationException("a filter must have at least one throttle: 0");
    }
    return new ThrottleFilter(List.of(throttles), QuotaFields.STANDARD);
  }

  /**
   * This filter with other quota fields; {@link QuotaFields#STANDARD} unless told.
   *
   * @param quotaFields the fields to send
   * @return a filter
   */
  public ThrottleFilter quotaFields(QuotaFields quotaFields) {
    return new ThrottleFilter(throttles, quotaFields);
  }

  /**
   * Registers this filter for requests as clients send them (not for forwards and other dispatches
   * inside the server), with asynchronous servlets behind it supported. Filters run in the order in
   * which they are registered.
   *
   * @param context the servlet context, before it has started
   * @param urlPatterns what to throttle, {@code /api/*} say
   * @throws ConfigurationException if there is no pattern, or a filter for the same throttles is
   *     registered already
   * @throws IllegalStateException if the context has started
   */
  public void register(ServletContext context, String... urlPatterns) {
    if (urlPatterns.length == 0) {
      throw new ConfigurationException("a filter must have at least one URL pattern: 0");
    }
    String name =
        "throttle " + throttles.stream().map(Throttle::uid).collect(Collectors.joining(" "));
    FilterRegistration.Dynamic registration = context.addFilter(name, this);
    if (registration == null) {
      throw new ConfigurationException(
          "a filter of these throttles must be registered once, with all its patterns: " + name);
    }
    registration.setAsyncSupported(true);
    registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, urlPatterns);
  }

  @Override
  public void init(FilterConfig config) throws ServletException {
    if (!throttles.isEmpty()) {
      return;
    }
    WebXmlParameters parameters = new WebXmlParameters(config);
    Backend backend = parameters.ownBackend();
    throttles = List.of(parameters.throttle(backend));
    quotaFields = parameters.quotaFields();
    owned = backend;
  }

  @Override
  public void destroy() {
    Backend backend = owned;
    if (backend != null) {
      backend.close();
    }
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request instanceof HttpServletRequest http
        && response instanceof HttpServletResponse answer) {
      filter(http, answer, chain);
    } else {
      chain.doFilter(request, response);
    }
  }

  private void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    ThrottledRequest throttled = throttled(request);
    try {
      for (Throttle throttle : throttles) {
        throttled.enforce(throttle, ServletView.of(request));
      }
      throttled.fields(quotaFields).forEach(response::setHeader);
      chain.doFilter(request, response);
    } catch (ConnectionThrottledException e) {
      answer(response, throttled, e);
    } catch (ServletException e) {
      if (e.getRootCause() instanceof ConnectionThrottledException thrown) {
        answer(response, throttled, thrown);
      } else {
        throw e;
      }
    }
  }

  private static ThrottledRequest throttled(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof ThrottledRequest found) {
      return found;
    }
    ThrottledRequest made = new ThrottledRequest();
    request.setAttribute(ATTRIBUTE, made);
    return made;
  }

  /** Written here rather than by sendError, which would dispatch the request once more. */
  private void answer(
      HttpServletResponse response, ThrottledRequest throttled, ConnectionThrottledException thrown)
      throws IOException {
    if (response.isCommitted()) {
      throw thrown;
    }
    HttpDenial denial = throttled.denial(thrown, quotaFields);
    response.resetBuffer();
    response.setStatus(denial.status());
    denial.headers().forEach(response::setHeader);
    byte[] body = denial.body().getBytes(StandardCharsets.UTF_8);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}

package io.traffik.servlet;

import io.traffik.Backend;
import io.traffik.ConfigurationException;
import io.traffik.Throttle;
import io.traffik.http.RateLimitHeaders;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Throttles the requests of a servlet application, Jakarta Servlet 5 and later. All parameters must
 * not be null.
 *
 * <pre>{@code
 * ThrottleFilter.of(api).backend(InMemoryBackend.create("myapp")).register(context, "/api/*");
 * }</pre>
 *
 * <p>A denied request is answered with 429 at once, and nothing behind this filter runs. An allowed
 * one goes on with its quota in the response's header fields. A request is charged once per
 * throttle, whatever forwards, includes, error and asynchronous dispatches follow and whichever of
 * them the filter is mapped to. Several filters on one request work as one: the fields tell of all
 * throttles, and if a later one denies, what the earlier ones took is given back.
 *
 * <p>A {@link io.traffik.ConnectionThrottledException} from behind the filter, inside a {@link
 * ServletException} or the exception of a stage that was waited for, or by itself, is answered in
 * the same way, and ends an asynchronous exchange that was started behind the filter. It is thrown
 * on where the answer is not this filter's to give: the response is committed, or the servlet was
 * included. Exceptions on other threads and in dispatches that the filter is not mapped to do not
 * come by here.
 *
 * <p>The decision is made on the request's thread, before the chain goes on; no other filter is
 * skipped. Requests that are not HTTP pass.
 *
 * <p>In a deployment descriptor the filter is set up by init parameters, see {@link
 * #ThrottleFilter()}. Declare {@code <async-supported>true</async-supported>} there, or no servlet
 * behind it can be asynchronous.
 *
 * <p>Safe for any number of threads.
 */
public final class ThrottleFilter implements Filter {

  private final boolean byParameters;
  private volatile ThrottlePipeline gate;
  private volatile @Nullable Backend owned;

  /**
   * Makes a filter that is set up by its init parameters; containers call this.
   *
   * <p>{@code rate} (one or several, by comma, each as {@link io.traffik.Rate#parse} reads it) is
   * required. {@code uid} is the filter's name unless given; {@code scope} ({@code
   * METHOD_AND_ROUTE}, {@code ROUTE} or {@code ALL_ROUTES}), {@code cost}, {@code
   * onBackendFailure}, {@code onAnonymous} and {@code rateLimitHeaders} are as in code, and {@code
   * maxKeys} bounds the backend in memory that the filter has, and closes in the end, unless the
   * servlet context holds one under {@link ServletView#BACKEND}.
   */
  public ThrottleFilter() {
    this(true, new ThrottlePipeline(List.of(), RateLimitHeaders.STANDARD, null));
  }

  private ThrottleFilter(boolean byParameters, ThrottlePipeline gate) {
    this.byParameters = byParameters;
    this.gate = gate;
  }

  /**
   * A filter of one or several throttles, which are asked in order.
   *
   * @param throttles at least one
   * @return the filter
   * @throws ConfigurationException if there is none
   */
  public static ThrottleFilter of(Throttle... throttles) {
    for (Throttle throttle : Objects.requireNonNull(throttles, "throttles must not be null")) {
      Objects.requireNonNull(throttle, "throttle must not be null");
    }
    if (throttles.length == 0) {
      throw new ConfigurationException("a filter must have at least one throttle: 0");
    }
    return new ThrottleFilter(
        false, new ThrottlePipeline(List.of(throttles), RateLimitHeaders.STANDARD, null));
  }

  /**
   * This filter with other quota fields; {@link RateLimitHeaders#STANDARD} unless told.
   *
   * @param rateLimitHeaders the fields to send
   * @return a filter
   */
  public ThrottleFilter rateLimitHeaders(RateLimitHeaders rateLimitHeaders) {
    Objects.requireNonNull(rateLimitHeaders, "rateLimitHeaders must not be null");
    return with(rateLimitHeaders, gate.backend());
  }

  /**
   * This filter with a backend for those of its throttles that have none of their own; the
   * application's ({@link ServletView#BACKEND}) unless told. The filter opens it when it starts and
   * never closes it.
   *
   * @param backend the backend
   * @return a filter
   */
  public ThrottleFilter backend(Backend backend) {
    return with(
        gate.rateLimitHeaders(), Objects.requireNonNull(backend, "backend must not be null"));
  }

  private ThrottleFilter with(RateLimitHeaders rateLimitHeaders, @Nullable Backend backend) {
    return new ThrottleFilter(false, new ThrottlePipeline(throttles(), rateLimitHeaders, backend));
  }

  private List<Throttle> throttles() {
    List<Throttle> throttles = gate.throttles();
    if (throttles.isEmpty()) {
      throw new IllegalStateException(
          "a filter without throttles must be started by its container, with init parameters;"
              + " ThrottleFilter.of(throttle) needs none");
    }
    return throttles;
  }

  /**
   * Registers this filter for requests as clients send them (not for forwards and other dispatches
   * inside the server), with asynchronous servlets behind it supported. It is named {@code
   * throttle} and the uids of its throttles.
   *
   * <p>Filters run in the order in which they are registered, after those of the deployment
   * descriptor: register this one ahead of what is to be spared a flood (authentication, say), and
   * behind what its answers need as well (CORS, say).
   *
   * @param context the servlet context, before it has started
   * @param urlPatterns what to throttle, {@code /api/*} say
   * @throws ConfigurationException if there is no pattern or one begins neither with {@code /} nor
   *     with {@code *.}, if a filter for the same throttles is registered already, or if the
   *     context has started
   */
  public void register(ServletContext context, String... urlPatterns) {
    Objects.requireNonNull(context, "context must not be null");
    String name =
        "throttle " + throttles().stream().map(Throttle::uid).collect(Collectors.joining(" "));
    requirePatterns(name, urlPatterns);
    FilterRegistration.Dynamic registration = add(context, name);
    registration.setAsyncSupported(true);
    // Named, since servers differ in what they take an absent set for.
    registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, urlPatterns);
  }

  private static void requirePatterns(String name, String... urlPatterns) {
    for (String pattern : Objects.requireNonNull(urlPatterns, "urlPatterns must not be null")) {
      Objects.requireNonNull(pattern, "URL pattern must not be null");
    }
    if (urlPatterns.length == 0) {
      throw new ConfigurationException(
          "filter \"" + name + "\" must have at least one URL pattern; /* is every request");
    }
    for (String pattern : urlPatterns) {
      if (!pattern.startsWith("/") && !pattern.startsWith("*.")) {
        throw new ConfigurationException(
            "a URL pattern of filter \""
                + name
                + "\" must begin with / or *.: \""
                + pattern
                + "\"");
      }
    }
  }

  private FilterRegistration.Dynamic add(ServletContext context, String name) {
    FilterRegistration.Dynamic registration;
    try {
      registration = context.addFilter(name, this);
    } catch (IllegalStateException e) {
      throw new ConfigurationException(
          "filter \"" + name + "\" must be registered before the servlet context has started", e);
    }
    if (registration == null) {
      throw new ConfigurationException(
          "a filter of these throttles must be registered once, with all its patterns: " + name);
    }
    return registration;
  }

  /**
   * Reads the init parameters, if this filter has no throttles yet, and opens the backend. Warns if
   * there is none and a throttle {@linkplain Throttle#needsBackend() needs} one.
   *
   * @throws ServletException if a parameter is wrong, saying which
   * @throws ConfigurationException if the backend cannot work
   */
  @Override
  public void init(FilterConfig config) throws ServletException {
    WebXmlParameters parameters = new WebXmlParameters(config);
    if (byParameters) {
      Throttle throttle = parameters.throttle();
      RateLimitHeaders rateLimitHeaders = parameters.rateLimitHeaders();
      owned = parameters.ownBackend();
      gate = new ThrottlePipeline(List.of(throttle), rateLimitHeaders, owned);
    } else {
      parameters.requireNone();
    }
    gate.open(config.getServletContext());
  }

  /** Closes the backend that this filter made, and none that it was given. */
  @Override
  public void destroy() {
    Backend backend = owned;
    if (backend != null) {
      backend.close();
    }
  }

  /** Lets a request pass, or answers it with 429. */
  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request instanceof HttpServletRequest http
        && response instanceof HttpServletResponse answer) {
      gate.pass(http, answer, chain);
    } else {
      chain.doFilter(request, response);
    }
  }
}

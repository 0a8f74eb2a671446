package io.traffik.servlet;

import io.traffik.Backend;
import io.traffik.BackendStart;
import io.traffik.ConfigurationException;
import io.traffik.Throttle;
import io.traffik.ThrottleGroup;
import io.traffik.ThrottleRegistry;
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
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A filter that throttles the requests of a servlet application (Jakarta Servlet 5 and later). No
 * parameter may be null.
 *
 * <pre>{@code
 * ThrottleFilter.of(api).backend(InMemoryBackend.create("myapp")).register(context, "/api/*");
 * }</pre>
 *
 * <p>A denied request gets status 429 at once, and nothing behind this filter runs. An allowed
 * request continues, and its response carries the {@code RateLimit} fields. A throttle charges a
 * request once, even if the filter is mapped to forwards, includes, error or asynchronous
 * dispatches as well. Several filters on one request work like one: the fields report all
 * throttles, and when a later throttle denies, the tokens of earlier ones are refunded.
 *
 * <p>The filter also writes the response to a {@link io.traffik.ConnectionThrottledException} that
 * a servlet throws, and to a {@link io.traffik.BackendException}: status 503. The exception may be
 * wrapped in a {@link ServletException} or in the exception of a future. If the servlet had started
 * an asynchronous exchange, the filter completes it. The filter rethrows the exception if the
 * response is committed, or if the servlet was included. Exceptions on other threads, and in
 * dispatches that the filter is not mapped to, do not reach it.
 *
 * <p>The filter decides on the request's thread before the chain continues. An allowed request
 * skips no other filter. Requests that are not HTTP pass unthrottled.
 *
 * <p>In a deployment descriptor, init parameters configure the filter; see {@link
 * #ThrottleFilter()}. Declare {@code <async-supported>true</async-supported>} there; otherwise no
 * servlet behind the filter can be asynchronous.
 *
 * <p>Thread-safe.
 */
public final class ThrottleFilter implements Filter {

  private final boolean byParameters;
  private volatile ThrottlePipeline pipeline;
  private volatile @Nullable Backend ownBackend;

  /**
   * Creates a filter that its init parameters configure; containers call this constructor.
   *
   * <ul>
   *   <li>{@code rate}: required; one or several rates, separated by commas, in the format of
   *       {@link io.traffik.Rate#parse}
   *   <li>{@code uid}: by default the filter's name
   *   <li>{@code scope}: {@code METHOD_AND_ROUTE}, {@code ROUTE}, {@code ALL_ROUTES} or {@code
   *       PATH}
   *   <li>{@code cost}, {@code onBackendFailure}, {@code onAnonymous} and {@code rateLimitHeaders}:
   *       as in code
   *   <li>{@code maxKeys}: the limit of the filter's own in-memory backend
   *   <li>{@code requireBackendAtStart}: {@code true} or {@code false}, the default
   * </ul>
   *
   * <p>The filter creates an in-memory backend, and closes it in {@link #destroy()}, unless the
   * servlet context has a backend under {@link ServletView#BACKEND}.
   */
  public ThrottleFilter() {
    this(true, ThrottlePipeline.of(ThrottleGroup.of(List.of())));
  }

  private ThrottleFilter(boolean byParameters, ThrottlePipeline pipeline) {
    this.byParameters = byParameters;
    this.pipeline = pipeline;
  }

  /**
   * Creates a filter with one or several throttles, which are enforced in order.
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
      throw new ConfigurationException(
          "A filter must have at least one throttle, but got none. Pass one to ThrottleFilter.of(…).");
    }
    return new ThrottleFilter(false, ThrottlePipeline.of(ThrottleGroup.of(List.of(throttles))));
  }

  /**
   * Returns a copy of this filter that sends other quota fields. The default is {@link
   * RateLimitHeaders#STANDARD}.
   *
   * @param rateLimitHeaders the fields to send
   * @return the copy
   */
  public ThrottleFilter rateLimitHeaders(RateLimitHeaders rateLimitHeaders) {
    Objects.requireNonNull(rateLimitHeaders, "rateLimitHeaders must not be null");
    return with(own -> own.withRateLimitHeaders(rateLimitHeaders));
  }

  /**
   * Returns a copy of this filter with a backend for its throttles that have none. The default is
   * the application's backend ({@link ServletView#BACKEND}). The filter opens the backend when it
   * starts, and never closes it.
   *
   * @param backend the backend
   * @return the copy
   */
  public ThrottleFilter backend(Backend backend) {
    Objects.requireNonNull(backend, "backend must not be null");
    return with(own -> own.withBackend(backend));
  }

  /**
   * As {@link #backend(Backend)}, with the backend of a registry.
   *
   * @param throttles the application's throttles
   * @return the copy
   * @throws ConfigurationException if the registry has no backend
   */
  public ThrottleFilter registry(ThrottleRegistry throttles) {
    return backend(throttles.requireBackend());
  }

  /**
   * Returns a copy of this filter that settles what its throttles have charged, once the response
   * is known. That is after asynchronous processing, errors and timeouts, too.
   *
   * <pre>{@code
   * ThrottleFilter.of(login)
   *     .settledBy((request, status) -> status == 401 ? 1 : 0)
   *     .register(context, "/login");
   * }</pre>
   *
   * @param actualCost determines what the request really cost; all throttles of this filter have
   *     charged an estimate, which is their own cost
   * @return the copy
   */
  public ThrottleFilter settledBy(ActualCost actualCost) {
    Objects.requireNonNull(actualCost, "actualCost must not be null");
    return with(own -> own.withActualCost(actualCost));
  }

  /**
   * Returns a copy of this filter that does not start without its store. By default, if the store
   * is out of reach, the filter starts all the same, a warning is logged, and each throttle applies
   * its failure policy until the store is there.
   *
   * @return the copy
   */
  public ThrottleFilter requireBackendAtStart() {
    return with(own -> own.withStart(BackendStart.REQUIRED));
  }

  private ThrottleFilter with(UnaryOperator<ThrottlePipeline> change) {
    return new ThrottleFilter(false, change.apply(requirePipeline()));
  }

  private ThrottlePipeline requirePipeline() {
    if (pipeline.group().throttles().isEmpty()) {
      throw new IllegalStateException(
          "This filter has no throttles: it takes them from init parameters, which only a"
              + " container provides. Use ThrottleFilter.of(throttle) in code.");
    }
    return pipeline;
  }

  /**
   * Registers this filter for requests from clients, not for forwards and other dispatches inside
   * the server. Servlets behind it may be asynchronous. The registration's name is {@code throttle}
   * followed by the uids of the throttles.
   *
   * <p>Filters run in the order of registration, after those of the deployment descriptor. Register
   * this filter before the filters that it protects from floods, for example authentication.
   * Register it after filters that its responses need, for example CORS.
   *
   * @param context the servlet context, before it has started
   * @param urlPatterns the patterns to throttle, for example {@code /api/*}
   * @throws ConfigurationException if there is no pattern; if a pattern starts with neither {@code
   *     /} nor {@code *.}; if a filter with the same throttles is already registered; or if the
   *     context has started
   */
  public void register(ServletContext context, String... urlPatterns) {
    Objects.requireNonNull(context, "context must not be null");
    String name =
        "throttle "
            + requirePipeline().group().throttles().stream()
                .map(Throttle::uid)
                .collect(Collectors.joining(" "));
    requirePatterns(name, urlPatterns);
    FilterRegistration.Dynamic registration = add(context, name);
    registration.setAsyncSupported(true);
    // Containers differ in the default for an absent set of dispatcher types.
    registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, urlPatterns);
  }

  private static void requirePatterns(String name, String... urlPatterns) {
    for (String pattern : Objects.requireNonNull(urlPatterns, "urlPatterns must not be null")) {
      Objects.requireNonNull(pattern, "URL pattern must not be null");
    }
    if (urlPatterns.length == 0) {
      throw new ConfigurationException(
          "Filter \"%s\" must have at least one URL pattern, but got none. Pass /* to match all."
              .formatted(name));
    }
    for (String pattern : urlPatterns) {
      if (!pattern.startsWith("/") && !pattern.startsWith("*.")) {
        throw new ConfigurationException(
            "URL pattern of filter \"%s\" must start with / or *.: \"%s\".".formatted(name, pattern)
                + " Use /path, /path/* or *.extension.");
      }
    }
  }

  private FilterRegistration.Dynamic add(ServletContext context, String name) {
    FilterRegistration.Dynamic registration;
    try {
      registration = context.addFilter(name, this);
    } catch (IllegalStateException e) {
      throw new ConfigurationException(
          "Filter \""
              + name
              + "\" is registered too late: the servlet context has started. Register it in a"
              + " ServletContainerInitializer or ServletContextListener.",
          e);
    }
    if (registration == null) {
      throw new ConfigurationException(
          "Filter \"%s\" is already registered. Register these throttles once, with all their patterns."
              .formatted(name));
    }
    return registration;
  }

  /**
   * Reads the init parameters, unless the filter was created with throttles, and opens the backend.
   * Logs a warning if there is no backend and a throttle {@linkplain Throttle#needsBackend() needs}
   * one.
   *
   * @throws ServletException if a parameter is invalid; the message names it
   * @throws ConfigurationException if the backend's configuration is wrong
   * @throws io.traffik.BackendException if the store is out of reach, and {@link
   *     #requireBackendAtStart() required}
   */
  @Override
  public void init(FilterConfig config) throws ServletException {
    WebXmlParameters parameters = new WebXmlParameters(config);
    if (byParameters) {
      Throttle throttle = parameters.throttle();
      RateLimitHeaders rateLimitHeaders = parameters.rateLimitHeaders();
      ownBackend = parameters.ownBackend();
      pipeline =
          ThrottlePipeline.of(ThrottleGroup.of(List.of(throttle)))
              .withRateLimitHeaders(rateLimitHeaders)
              .withBackend(ownBackend)
              .withStart(parameters.backendStart());
    } else {
      parameters.requireNone();
    }
    pipeline.open(config.getServletContext());
  }

  /** Closes the in-memory backend of this filter; other backends stay open. */
  @Override
  public void destroy() {
    Backend backend = ownBackend;
    if (backend != null) {
      backend.close();
    }
  }

  /** Passes a request on, or responds with status 429. */
  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request instanceof HttpServletRequest http
        && response instanceof HttpServletResponse httpResponse) {
      pipeline.filter(http, httpResponse, chain);
    } else {
      chain.doFilter(request, response);
    }
  }
}

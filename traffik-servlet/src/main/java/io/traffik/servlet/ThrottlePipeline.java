package io.traffik.servlet;

import io.traffik.Backend;
import io.traffik.BackendStart;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.ThrottleGroup;
import io.traffik.http.HttpDenial;
import io.traffik.http.RateLimitHeaders;
import io.traffik.http.ThrottledRequest;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Passes a request through the throttles of one filter.
 *
 * @param group the throttles
 * @param rateLimitHeaders the fields to send
 * @param backend for throttles without their own, or null for the application's
 * @param start whether the backend's store is required at the start
 * @param actualCost settles the charges; null if they stay
 */
record ThrottlePipeline(
    ThrottleGroup group,
    RateLimitHeaders rateLimitHeaders,
    @Nullable Backend backend,
    BackendStart start,
    @Nullable ActualCost actualCost) {

  private static final Logger LOGGER = System.getLogger(ThrottleFilter.class.getName());

  /** One name for all filters, so that they share the throttled request. */
  private static final String ATTRIBUTE = ThrottledRequest.class.getName();

  static ThrottlePipeline of(ThrottleGroup group) {
    return new ThrottlePipeline(
        group, RateLimitHeaders.STANDARD, null, BackendStart.OPTIONAL, null);
  }

  ThrottlePipeline withRateLimitHeaders(RateLimitHeaders other) {
    return new ThrottlePipeline(group, other, backend, start, actualCost);
  }

  ThrottlePipeline withBackend(@Nullable Backend other) {
    return new ThrottlePipeline(group, rateLimitHeaders, other, start, actualCost);
  }

  ThrottlePipeline withStart(BackendStart other) {
    return new ThrottlePipeline(group, rateLimitHeaders, backend, other, actualCost);
  }

  ThrottlePipeline withActualCost(ActualCost other) {
    return new ThrottlePipeline(group, rateLimitHeaders, backend, start, other);
  }

  void open(ServletContext context) {
    Backend configured = backend(context);
    if (configured != null) {
      start.open(configured);
      return;
    }
    for (Throttle throttle : group.throttles()) {
      if (throttle.needsBackend()) {
        LOGGER.log(Level.WARNING, missingBackend(throttle));
      }
    }
  }

  /** Only a warning: a scope, or a context attribute that is set later, may provide the backend. */
  private static String missingBackend(Throttle throttle) {
    return "Throttle \""
        + throttle.uid()
        + "\" has no backend yet. Until it has one, every request fails. Set one with"
        + " ThrottleFilter.of(…).backend(…) or with the servlet context attribute "
        + ServletView.BACKEND
        + " (ServletView.BACKEND), or declare .dynamicBackend() if scopes provide it.";
  }

  void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    ThrottledRequest throttled = throttledRequest(request);
    boolean startedBefore = request.isAsyncStarted();
    try {
      ServletView view = new ServletView(request, backend(request.getServletContext()));
      Optional<ConnectionThrottledException> denied = throttled.admit(group, view);
      if (denied.isPresent()) {
        if (!isReplaceable(request, response)) {
          throw denied.get();
        }
        HttpDenial denial = throttled.denial(denied.get(), rateLimitHeaders);
        if (request.getDispatcherType() == DispatcherType.REQUEST) {
          DenialResponse.sendFirst(response, denial);
        } else {
          // Another servlet has run before a forward, and its content fields do not describe this.
          DenialResponse.send(response, denial);
        }
        return;
      }
      throttled.writeHeaders(rateLimitHeaders, response::setHeader);
      if (actualCost == null) {
        chain.doFilter(request, response);
      } else {
        new Settlement(group, throttled, actualCost).filter(request, response, chain);
      }
    } catch (ServletException | RuntimeException e) {
      HttpDenial denial =
          isReplaceable(request, response)
              ? DenialResponse.of(DenialResponse.unwrap(e), throttled, rateLimitHeaders)
              : null;
      if (denial == null) {
        throw e;
      }
      DenialResponse.send(response, denial);
      if (request.isAsyncStarted() && !startedBefore) {
        // Otherwise Jetty waits for the timeout. A filter that started the exchange before this one
        // completes it itself; completing it twice is an error.
        request.getAsyncContext().complete();
      }
    }
  }

  /** False if the response is already committed, or if an included servlet threw. */
  private static boolean isReplaceable(HttpServletRequest request, HttpServletResponse response) {
    return !response.isCommitted() && request.getDispatcherType() != DispatcherType.INCLUDE;
  }

  private static ThrottledRequest throttledRequest(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof ThrottledRequest existing) {
      return existing;
    }
    ThrottledRequest created = new ThrottledRequest();
    request.setAttribute(ATTRIBUTE, created);
    return created;
  }

  private @Nullable Backend backend(ServletContext context) {
    return backend != null ? backend : ServletView.backend(context);
  }
}

package io.traffik.servlet;

import io.traffik.Backend;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of a request through the throttles of one filter.
 *
 * @param throttles asked in this order
 * @param rateLimitHeaders what clients are told
 * @param backend of throttles without one of their own, or null for the application's
 */
record ThrottlePipeline(
    List<Throttle> throttles, RateLimitHeaders rateLimitHeaders, @Nullable Backend backend) {

  private static final Logger LOGGER = System.getLogger(ThrottleFilter.class.getName());

  /** Shared by all filters of all applications that one request passes. */
  private static final String ATTRIBUTE = ThrottledRequest.class.getName();

  void open(ServletContext context) {
    Backend found = backend(context);
    if (found != null) {
      found.open();
      return;
    }
    for (Throttle throttle : throttles) {
      if (throttle.needsBackend()) {
        LOGGER.log(Level.WARNING, withoutBackend(throttle));
      }
    }
  }

  /** No error: a filter ahead of this one may enter a scope, or the attribute come later. */
  private static String withoutBackend(Throttle throttle) {
    return "throttle \""
        + throttle.uid()
        + "\" has no backend yet, and fails each request that comes without one: give the"
        + " application one by "
        + ServletView.WAY_TO_BACKEND
        + ", or say by .dynamicBackend() that scopes bring it";
  }

  void pass(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    ThrottledRequest throttled = throttledRequest(request);
    boolean startedBefore = request.isAsyncStarted();
    try {
      ServletView view = new ServletView(request, backend(request.getServletContext()));
      for (Throttle throttle : throttles) {
        throttled.enforce(throttle, view);
      }
      throttled.headers(rateLimitHeaders).forEach(response::setHeader);
      chain.doFilter(request, response);
    } catch (ServletException | RuntimeException e) {
      ConnectionThrottledException denial = DenialAnswer.denialIn(e);
      if (denial == null || !isAnswerable(request, response)) {
        throw e;
      }
      DenialAnswer.send(response, throttled.denial(denial, rateLimitHeaders));
      if (request.isAsyncStarted() && !startedBefore) {
        // Jetty would wait for the timeout: nobody else knows that the exchange is over. Where a
        // filter ahead of this one started it, that filter does, and ending it twice is an error.
        request.getAsyncContext().complete();
      }
    }
  }

  /** Not when another answer is on its way already, nor into the middle of another page. */
  private static boolean isAnswerable(HttpServletRequest request, HttpServletResponse response) {
    return !response.isCommitted() && request.getDispatcherType() != DispatcherType.INCLUDE;
  }

  private static ThrottledRequest throttledRequest(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof ThrottledRequest known) {
      return known;
    }
    ThrottledRequest fresh = new ThrottledRequest();
    request.setAttribute(ATTRIBUTE, fresh);
    return fresh;
  }

  private @Nullable Backend backend(ServletContext context) {
    return backend != null ? backend : ServletView.backend(context);
  }
}

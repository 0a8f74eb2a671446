package io.traffik.servlet;

import io.traffik.Throttle;
import io.traffik.ThrottleGroup;
import io.traffik.http.ThrottledRequest;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Settles the charges of one request once its response is known. */
final class Settlement {

  private final ThrottleGroup group;
  private final ThrottledRequest throttled;
  private final ActualCost actualCost;

  Settlement(ThrottleGroup group, ThrottledRequest throttled, ActualCost actualCost) {
    this.group = group;
    this.throttled = throttled;
    this.actualCost = actualCost;
  }

  void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    int status = HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
    try {
      chain.doFilter(request, response);
      status = response.getStatus();
    } finally {
      if (request.isAsyncStarted()) {
        request.getAsyncContext().addListener(new OnCompletion(request, response));
      } else {
        settle(request, status);
      }
    }
  }

  private void settle(HttpServletRequest request, int status) {
    for (Throttle throttle : group.throttles()) {
      if (throttled.isCharged(throttle)) {
        throttled.settle(throttle, actualCost.of(request, status));
      }
    }
  }

  /** Waits for the end of asynchronous processing, which may start again and again. */
  private final class OnCompletion implements AsyncListener {

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private boolean failed;

    OnCompletion(HttpServletRequest request, HttpServletResponse response) {
      this.request = request;
      this.response = response;
    }

    @Override
    public void onComplete(AsyncEvent event) {
      int status = response.getStatus();
      boolean unanswered = failed && status < HttpServletResponse.SC_BAD_REQUEST;
      settle(request, unanswered ? HttpServletResponse.SC_INTERNAL_SERVER_ERROR : status);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      failed = true;
    }

    @Override
    public void onError(AsyncEvent event) {
      failed = true;
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      event.getAsyncContext().addListener(this);
    }
  }
}

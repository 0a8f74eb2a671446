package io.traffik.servlet;

import jakarta.servlet.http.HttpServletRequest;

/** Determines what a request really cost, once its response is known. */
@FunctionalInterface
public interface ActualCost {

  /**
   * Returns the number of tokens that a request cost. It is called once for a request that was
   * charged, on the thread that completes it.
   *
   * @param request the request, whose attributes may tell what the servlet did; not null
   * @param status the status code of the response; 500 if the servlet threw an exception
   * @return at least 0. More than the charge takes the missing tokens even if they are not there
   */
  long of(HttpServletRequest request, int status);
}

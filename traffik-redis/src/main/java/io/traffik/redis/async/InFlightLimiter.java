package io.traffik.redis.async;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Limits the calls of one backend that wait for a connection, a thread or an answer. */
public final class InFlightLimiter {

  /** The largest number of calls in flight; further calls fail at once. */
  public static final int MAX_IN_FLIGHT = 10_000;

  private final AtomicInteger inFlight = new AtomicInteger();

  /** A rejection without a stack trace, since thousands of calls may be rejected at once. */
  private static final class LimitExceededException extends RejectedExecutionException {

    private static final long serialVersionUID = 1L;

    LimitExceededException() {
      super(
          "Too many Redis calls in flight: "
              + MAX_IN_FLIGHT
              + " (the limit). Shed load, or find out why Redis answers slowly.");
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  /**
   * Counts a call in. Every successful call must be followed by one {@link #release}.
   *
   * @throws RejectedExecutionException if the limit is reached
   */
  public void acquire() {
    if (inFlight.incrementAndGet() > MAX_IN_FLIGHT) {
      inFlight.decrementAndGet();
      throw new LimitExceededException();
    }
  }

  /** Counts out a call that has ended. */
  public void release() {
    inFlight.decrementAndGet();
  }
}

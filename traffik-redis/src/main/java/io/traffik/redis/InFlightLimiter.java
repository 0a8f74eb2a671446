package io.traffik.redis;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Room for calls that wait: for a connection, for a thread, or for Redis. */
final class InFlightLimiter {

  /** How many calls of one backend may wait; more are refused at once. */
  static final int PLACES = 10_000;

  private final AtomicInteger taken = new AtomicInteger();

  /** Thousands may be refused at once, and where it was says nothing. */
  private static final class Full extends RejectedExecutionException {

    private static final long serialVersionUID = 1L;

    Full() {
      super("calls that wait for Redis must be at most " + PLACES + " at once, and are");
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  /**
   * Takes a place, to be left when the call has ended.
   *
   * @throws RejectedExecutionException if there is none
   */
  void enter() {
    if (taken.incrementAndGet() > PLACES) {
      taken.decrementAndGet();
      throw new Full();
    }
  }

  void leave() {
    taken.decrementAndGet();
  }
}

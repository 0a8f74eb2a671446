package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import java.util.Locale;

/**
 * A call of a backend, with the two instants between which the decision was made.
 *
 * @param before the instant before the call
 * @param after the instant after the call
 */
record TimedCall(Operation operation, long cost, long before, long after) {

  /** The time in which the cost, or at most the capacity, refills. */
  long costNanos(Rate rate) {
    return Math.min(cost, rate.capacity()) * rate.nanosPerToken();
  }

  /** Whether the backend may leave the bucket unchanged, and adapt it to a new rate later. */
  boolean isReadOnly() {
    return operation == Operation.PEEK || cost == 0;
  }

  @Override
  public String toString() {
    return operation.name().toLowerCase(Locale.ROOT)
        + " of "
        + cost
        + " at "
        + FailureText.time(before);
  }
}

package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import java.util.Locale;

/**
 * A question to a backend, and between which two instants it was decided.
 *
 * @param before the instant before it was asked
 * @param after the instant after it was answered
 */
record TimedCall(Operation operation, long cost, long before, long after) {

  /** The time in which as much refills as was asked for or, at most, fits into the bucket. */
  long costNanos(Rate rate) {
    return Math.min(cost, rate.capacity()) * rate.nanosPerToken();
  }

  /** Whether a backend may leave it to the next hit to carry the bucket over to a changed rate. */
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

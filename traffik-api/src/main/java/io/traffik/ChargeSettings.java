package io.traffik;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * The settings of a throttle for charges that wait or are settled.
 *
 * @param maxWait the longest patience
 * @param maxDebt tokens that a settlement may owe beyond the capacity
 * @param clock nanoseconds since any fixed instant
 */
record ChargeSettings(
    String uid, Duration maxWait, long maxDebt, LongSupplier clock, FailureHandler failureHandler) {

  long patienceNanos(Duration patience) {
    Objects.requireNonNull(patience, "patience must not be null");
    if (patience.isNegative() || patience.compareTo(maxWait) > 0) {
      throw new IllegalArgumentException(
          "patience must be from zero to the maxWait of throttle \""
              + uid
              + "\", "
              + maxWait
              + ": "
              + patience
              + ". Raise .maxWait(…) in its builder, or pass a shorter patience.");
    }
    return patience.toNanos();
  }
}

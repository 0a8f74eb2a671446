package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.Margin;
import java.util.Locale;

/**
 * A call of a backend, with the two instants between which the decision was made.
 *
 * @param argument the patience, the promised time or the largest debt, by the operation
 * @param before the instant before the call
 * @param after the instant after the call
 */
record TimedCall(Operation operation, long cost, long argument, long before, long after) {

  /** Whether this call is a hit or a peek, which needs tokens. */
  boolean needsTokens() {
    return operation == Operation.HIT || operation == Operation.PEEK;
  }

  /** Whether this call leaves the bucket unchanged, whatever the decision. */
  boolean isReadOnly() {
    return operation == Operation.PEEK || cost == 0;
  }

  /** The time in which the cost refills, at most the longest time of a margin. */
  long costNanos(Rate rate) {
    return Math.min(cost, Margin.MAX_NANOS / rate.nanosPerToken()) * rate.nanosPerToken();
  }

  @Override
  public String toString() {
    return operation.name().toLowerCase(Locale.ROOT)
        + " of "
        + cost
        + argumentText()
        + " at "
        + FailureText.time(before);
  }

  private String argumentText() {
    return switch (operation) {
      case HIT, PEEK -> argument == 0 ? "" : " with a patience of " + FailureText.time(argument);
      case REFUND -> argument == 0 ? "" : " that would proceed in " + FailureText.time(argument);
      case SETTLE -> " with a debt of at most " + argument;
    };
  }
}

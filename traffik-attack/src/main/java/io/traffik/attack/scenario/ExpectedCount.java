package io.traffik.attack.scenario;

import java.time.Duration;

/**
 * A count with the bounds that hold if the throttles are right.
 *
 * @param name what was counted
 * @param value the count
 * @param atLeast the least right count
 * @param atMost the greatest right count
 */
public record ExpectedCount(String name, long value, long atLeast, long atMost) {

  static ExpectedCount exactly(String name, long value, long expected) {
    return new ExpectedCount(name, value, expected, expected);
  }

  /** A count that is only reported. */
  static ExpectedCount any(String name, long value) {
    return new ExpectedCount(name, value, 0, Long.MAX_VALUE);
  }

  /**
   * Counts what a limit has granted: its capacity, and the tokens that refilled since.
   *
   * @param startNanos a time before the first hit, by {@link System#nanoTime()}
   */
  static ExpectedCount granted(
      String name, long value, long limit, Duration period, long startNanos) {
    long refilled = (System.nanoTime() - startNanos) / (period.toNanos() / limit);
    return new ExpectedCount(name, value, limit, limit + refilled);
  }

  /** Whether the count is within its bounds. */
  public boolean isRight() {
    return value >= atLeast && value <= atMost;
  }

  @Override
  public String toString() {
    if (atMost == Long.MAX_VALUE && atLeast == 0) {
      return name + " " + value;
    }
    String bound =
        atLeast == atMost
            ? String.valueOf(atLeast)
            : atMost == Long.MAX_VALUE
                ? "at least " + atLeast
                : atLeast == 0 ? "at most " + atMost : atLeast + " to " + atMost;
    return name + " " + value + " (" + bound + ")";
  }
}

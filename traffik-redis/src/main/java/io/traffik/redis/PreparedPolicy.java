package io.traffik.redis;

import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.spi.KeyEncoder;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What is the same in all questions about one policy, and how the script's answers read. */
final class PreparedPolicy {

  private static final int MICRO = 1_000;

  private final QuotaPolicy policy;
  private final KeyEncoder keys;
  private final @Nullable LongSupplier clock;
  private final String[] hitOfOne;

  /**
   * @param clock microseconds since 1970 to go by in place of the server's, for tests
   */
  PreparedPolicy(QuotaPolicy policy, KeyEncoder keys, @Nullable LongSupplier clock) {
    this.policy = policy;
    this.keys = keys;
    this.clock = clock;
    this.hitOfOne = write("h", 1);
  }

  String key(String identity, String scope) {
    return keys.encode(policy.uid(), identity, scope);
  }

  String[] arguments(Operation operation, long cost) {
    if (operation == Operation.HIT && cost == 1 && clock == null) {
      return hitOfOne;
    }
    return switch (operation) {
      // What can never fit changes nothing.
      case HIT -> write(cost <= policy.capacity() ? "h" : "p", cost);
      case PEEK -> write("p", cost);
      case REFUND -> write("r", cost);
    };
  }

  private String[] write(String operation, long cost) {
    int rates = policy.size();
    String[] arguments = new String[1 + 4 * rates + (clock == null ? 0 : 1)];
    arguments[0] = operation;
    for (int i = 0; i < rates; i++) {
      Rate rate = policy.rate(i);
      pair(arguments, 1 + 4 * i, rate.fillNanos());
      pair(arguments, 3 + 4 * i, Math.min(cost, rate.capacity()) * rate.nanosPerToken());
    }
    if (clock != null) {
      arguments[1 + 4 * rates] = Long.toString(clock.getAsLong());
    }
    return arguments;
  }

  private static void pair(String[] arguments, int at, long nanos) {
    arguments[at] = Long.toString(nanos / MICRO);
    arguments[at + 1] = Long.toString(nanos % MICRO);
  }

  /**
   * The margin of the only rate.
   *
   * @param answer of the script to {@link #arguments} of the same operation and cost
   * @throws BackendException if the answer is not one of the script's
   */
  long margin(Object answer, Operation operation, long cost) {
    long lacking = answer instanceof Long nanos ? nanos : nanos(answer, numbers(answer), 0);
    return margin(policy.rate(0), lacking, operation, cost);
  }

  /**
   * The margins of all rates.
   *
   * @param answer of the script to {@link #arguments} of the same operation and cost
   * @param margins takes them at the beginning
   * @throws BackendException if the answer is not one of the script's
   */
  void margins(Object answer, Operation operation, long cost, long[] margins) {
    if (policy.size() == 1) {
      margins[0] = margin(answer, operation, cost);
      return;
    }
    String[] numbers = numbers(answer);
    for (int i = 0; i < policy.size(); i++) {
      margins[i] = margin(policy.rate(i), nanos(answer, numbers, i), operation, cost);
    }
  }

  long[] margins(Object answer, Operation operation, long cost) {
    long[] margins = new long[policy.size()];
    margins(answer, operation, cost, margins);
    return margins;
  }

  private static long margin(Rate rate, long lacking, Operation operation, long cost) {
    long held = rate.fillNanos() - lacking;
    if (operation == Operation.REFUND) {
      return held;
    }
    return cost > rate.capacity()
        ? Margin.NEVER
        : Math.max(held - cost * rate.nanosPerToken(), -Margin.MAX_NANOS);
  }

  private String[] numbers(Object answer) {
    if (answer instanceof String text) {
      String[] numbers = text.split(":", -1);
      if (numbers.length == 2 * policy.size()) {
        return numbers;
      }
    }
    throw unreadable(answer, null);
  }

  private long nanos(Object answer, String[] numbers, int rate) {
    try {
      return Long.parseLong(numbers[2 * rate]) * MICRO + Long.parseLong(numbers[2 * rate + 1]);
    } catch (NumberFormatException e) {
      throw unreadable(answer, e);
    }
  }

  private BackendException unreadable(Object answer, @Nullable Exception cause) {
    return new BackendException(
        "the script must answer with two numbers for each of "
            + policy.size()
            + " rates: "
            + answer
            + "; does something between here and Redis change answers?",
        cause);
  }
}

package io.traffik.redis;

import io.traffik.BackendException;
import io.traffik.Operation;
import io.traffik.QuotaPolicy;
import io.traffik.Rate;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What is the same in all questions about one policy, and how the script's answers read. */
final class PreparedPolicy {

  /**
   * The margin of a cost above the capacity: no wait helps, not the longest that a margin tells.
   */
  static final long NEVER = -(1L << 62) + (1L << 56);

  private static final long YEAR_HOURS = 8_766;

  /** The longest wait that a margin tells. */
  private static final long LONGEST_NANOS = Duration.ofHours(140L * YEAR_HOURS).toNanos();

  private static final int MICRO = 1_000;

  private final QuotaPolicy policy;
  private final String prefix;
  private final @Nullable LongSupplier clock;
  private final String[] hitOfOne;

  /**
   * @param clock microseconds since 1970 to go by in place of the server's, for tests
   */
  PreparedPolicy(QuotaPolicy policy, KeyText keys, @Nullable LongSupplier clock) {
    this.policy = policy;
    this.prefix = keys.prefix(policy.uid());
    this.clock = clock;
    this.hitOfOne = write("h", 1);
  }

  String key(String identity, String scope) {
    return KeyText.of(prefix, identity, scope);
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
   * The margin of a rate.
   *
   * @param answer of the script to {@link #arguments} of the same operation and cost
   * @throws BackendException if the answer is not one of the script's
   */
  long margin(Object answer, int place, Operation operation, long cost) {
    Rate rate = policy.rate(place);
    long held = rate.fillNanos() - lacking(answer, place);
    if (operation == Operation.REFUND) {
      return held;
    }
    return cost > rate.capacity()
        ? NEVER
        : Math.max(held - cost * rate.nanosPerToken(), -LONGEST_NANOS);
  }

  private long lacking(Object answer, int place) {
    int rates = policy.size();
    if (rates == 1 && answer instanceof Long nanos) {
      return nanos;
    }
    if (answer instanceof String text) {
      String[] numbers = text.split(":", -1);
      try {
        if (numbers.length == 2 * rates) {
          return Long.parseLong(numbers[2 * place]) * MICRO
              + Long.parseLong(numbers[2 * place + 1]);
        }
      } catch (NumberFormatException e) {
        throw unreadable(answer, e);
      }
    }
    throw unreadable(answer, null);
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

  long[] margins(Object answer, Operation operation, long cost) {
    long[] margins = new long[policy.size()];
    for (int i = 0; i < margins.length; i++) {
      margins[i] = margin(answer, i, operation, cost);
    }
    return margins;
  }
}

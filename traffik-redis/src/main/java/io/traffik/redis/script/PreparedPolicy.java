package io.traffik.redis.script;

import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.spi.KeyEncoder;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Converts the decisions of one policy to script arguments, and script answers to margins. */
public final class PreparedPolicy {

  private static final int NANOS_PER_MICRO = 1_000;

  private final QuotaPolicy policy;
  private final KeyEncoder keys;
  private final @Nullable LongSupplier clock;
  private final String[] singleTokenHit;

  /**
   * @param clock microseconds since 1970, for tests; null for the server's clock
   */
  PreparedPolicy(QuotaPolicy policy, KeyEncoder keys, @Nullable LongSupplier clock) {
    this.policy = policy;
    this.keys = keys;
    this.clock = clock;
    this.singleTokenHit = encode("h", 1);
  }

  /** The Redis key of a bucket. */
  public String key(String identity, String scope) {
    return keys.encode(policy.uid(), identity, scope);
  }

  /** The script's arguments; must not be changed. */
  public String[] arguments(Operation operation, long cost) {
    if (operation == Operation.HIT && cost == 1 && clock == null) {
      return singleTokenHit;
    }
    return switch (operation) {
      // A cost above the capacity is never granted, so a peek is enough.
      case HIT -> encode(cost <= policy.capacity() ? "h" : "p", cost);
      case PEEK -> encode("p", cost);
      case REFUND -> encode("r", cost);
      case SETTLE -> throw new UnsupportedOperationException("settle");
    };
  }

  private String[] encode(String operation, long cost) {
    int rates = policy.size();
    String[] arguments = new String[1 + 4 * rates + (clock == null ? 0 : 1)];
    arguments[0] = operation;
    for (int i = 0; i < rates; i++) {
      Rate rate = policy.rate(i);
      encodeNanos(rate.fillNanos(), arguments, 1 + 4 * i);
      encodeNanos(Math.min(cost, rate.capacity()) * rate.nanosPerToken(), arguments, 3 + 4 * i);
    }
    if (clock != null) {
      arguments[1 + 4 * rates] = Long.toString(clock.getAsLong());
    }
    return arguments;
  }

  private static void encodeNanos(long nanos, String[] arguments, int index) {
    arguments[index] = Long.toString(nanos / NANOS_PER_MICRO);
    arguments[index + 1] = Long.toString(nanos % NANOS_PER_MICRO);
  }

  /**
   * The margin of the only rate.
   *
   * @param answer the script's answer to {@link #arguments} of the same operation and cost
   * @throws BackendException if the answer is unreadable
   */
  public long margin(Object answer, Operation operation, long cost) {
    long deficit = answer instanceof Long nanos ? nanos : deficit(answer, numbers(answer), 0);
    return margin(policy.rate(0), deficit, operation, cost);
  }

  /**
   * Writes the margins of all rates.
   *
   * @param answer the script's answer to {@link #arguments} of the same operation and cost
   * @param margins receives the margins, from index 0
   * @throws BackendException if the answer is unreadable
   */
  public void margins(Object answer, Operation operation, long cost, long[] margins) {
    if (policy.size() == 1) {
      margins[0] = margin(answer, operation, cost);
      return;
    }
    String[] numbers = numbers(answer);
    for (int i = 0; i < policy.size(); i++) {
      margins[i] = margin(policy.rate(i), deficit(answer, numbers, i), operation, cost);
    }
  }

  /** The margins of all rates, in a new array. */
  public long[] margins(Object answer, Operation operation, long cost) {
    long[] margins = new long[policy.size()];
    margins(answer, operation, cost, margins);
    return margins;
  }

  private static long margin(Rate rate, long deficit, Operation operation, long cost) {
    long available = rate.fillNanos() - deficit;
    if (operation == Operation.REFUND) {
      return available;
    }
    return cost > rate.capacity()
        ? Margin.NEVER
        : Math.max(available - cost * rate.nanosPerToken(), -Margin.MAX_NANOS);
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

  /** The time in which the missing tokens of a rate refill, in nanoseconds. */
  private long deficit(Object answer, String[] numbers, int rate) {
    try {
      return Long.parseLong(numbers[2 * rate]) * NANOS_PER_MICRO
          + Long.parseLong(numbers[2 * rate + 1]);
    } catch (NumberFormatException e) {
      throw unreadable(answer, e);
    }
  }

  private BackendException unreadable(Object answer, @Nullable Exception cause) {
    return new BackendException(
        "Unreadable script answer: expected two numbers for each of "
            + policy.size()
            + " rates, but got: "
            + answer
            + ". Check for a proxy that changes answers.",
        cause);
  }
}

package io.traffik.redis.script;

import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import org.jspecify.annotations.Nullable;

/** Converts the script's answers to the calls of one policy into margins. */
public final class AnswerDecoder {

  /** The answer to a refund or settlement of a debt that the interval cannot represent. */
  private static final long UNREPRESENTABLE = 2 * Margin.MAX_NANOS;

  private final QuotaPolicy policy;

  AnswerDecoder(QuotaPolicy policy) {
    this.policy = policy;
  }

  /**
   * The margin of the only rate.
   *
   * @param answer the script's answer to the operation
   * @param operation any operation, except a settlement
   * @throws BackendException if the answer is unreadable
   */
  public long margin(Object answer, Operation operation, long cost) {
    long debt = answer instanceof Long nanos ? nanos : debt(answer, numbers(answer), 0);
    return margin(policy.rate(0), debt, operation, cost);
  }

  /**
   * Writes the margins of all rates.
   *
   * @param answer the script's answer to the operation
   * @param operation any operation, except a settlement
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
      margins[i] = margin(policy.rate(i), debt(answer, numbers, i), operation, cost);
    }
  }

  /**
   * The margins of all rates, in a new array; after a settlement followed by the unpaid tokens.
   *
   * @param answer the script's answer to the operation
   * @throws BackendException if the answer is unreadable
   */
  public long[] decode(Object answer, Operation operation, long cost, long argument) {
    if (operation == Operation.SETTLE) {
      return settlement(answer, cost, argument);
    }
    long[] margins = new long[policy.size()];
    margins(answer, operation, cost, margins);
    return margins;
  }

  private static long margin(Rate rate, long debt, Operation operation, long cost) {
    if (operation == Operation.REFUND) {
      return level(rate, debt);
    }
    return cost > rate.capacity()
        ? Margin.NEVER
        : Math.max(level(rate, debt) - cost * rate.nanosPerToken(), -Margin.MAX_NANOS);
  }

  private static long level(Rate rate, long debt) {
    return Math.max(rate.fillNanos() - debt, -Margin.MAX_NANOS);
  }

  private long[] settlement(Object answer, long cost, long maxDebt) {
    int rates = policy.size();
    String[] numbers = numbers(answer);
    long[] settlement = new long[rates + 1];
    boolean written = true;
    for (int i = 0; i < rates; i++) {
      settlement[i] = debt(answer, numbers, i);
      written &= settlement[i] < UNREPRESENTABLE;
    }
    long unpaid = written ? 0 : cost;
    for (int i = 0; i < rates; i++) {
      Rate rate = policy.rate(i);
      long debt = settlement[i];
      if (written) {
        long room = Math.max(0, PreparedPolicy.limit(rate, Operation.SETTLE, maxDebt) - debt);
        long paid = Math.min(PreparedPolicy.timeOf(cost, rate), room);
        debt += paid;
        unpaid = Math.max(unpaid, cost - paid / rate.nanosPerToken());
      }
      settlement[i] = level(rate, debt);
    }
    settlement[rates] = unpaid;
    return settlement;
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

  /** The debt of a rate in nanoseconds, at most 280 years. */
  private long debt(Object answer, String[] numbers, int rate) {
    try {
      long micros = Long.parseLong(numbers[2 * rate]);
      return Math.min(micros, UNREPRESENTABLE / PreparedPolicy.NANOS_PER_MICRO)
              * PreparedPolicy.NANOS_PER_MICRO
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

package io.traffik.memory;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.Arrays;

/**
 * The states of a key, carried over from the rates that they were written with to those of a policy
 * (rule B11). Rates are compared by place. A place that the key lacks is full; one that the policy
 * lacks keeps its state.
 */
final class CarriedStates {

  private final long[] written;
  private final RateList writtenRates;
  private final QuotaPolicy policy;
  private final long now;
  private final long[] carried;
  private final boolean representable;

  /**
   * Carries states over.
   *
   * @param written the states by place
   * @param writtenRates the rates that they were written with
   * @param now a reading of the clock from after the states were read
   */
  CarriedStates(long[] written, RateList writtenRates, QuotaPolicy policy, long now) {
    this.written = written;
    this.writtenRates = writtenRates;
    this.policy = policy;
    this.now = now;
    this.carried = Arrays.copyOf(written, Math.max(written.length, policy.size()));
    boolean all = true;
    for (int i = 0; i < policy.size(); i++) {
      carried[i] = i < written.length ? carried(i) : now;
      all &= carried[i] != TokenBucket.UNREPRESENTABLE;
    }
    this.representable = all;
  }

  private long carried(int place) {
    return TokenBucket.carried(written[place], interval(place), now, policy.rate(place));
  }

  private long interval(int place) {
    return writtenRates.rate(place).nanosPerToken();
  }

  /** Whether no debt exceeds 140 years at its new speed. */
  boolean areRepresentable() {
    return representable;
  }

  /** The states by place, including those beyond the policy's own. */
  long[] states() {
    return carried;
  }

  /**
   * Computes the answer to an operation that writes nothing.
   *
   * @param margins receives one margin per rate of the policy, and after those of a settlement the
   *     number of unpaid tokens
   */
  void toMargins(Operation operation, long cost, long argument, long[] margins) {
    boolean isHit = operation == Operation.HIT || operation == Operation.PEEK;
    for (int i = 0; i < policy.size(); i++) {
      Rate rate = policy.rate(i);
      if (carried[i] != TokenBucket.UNREPRESENTABLE) {
        margins[i] = TokenBucket.margin(carried[i], now, rate, isHit ? cost : 0);
      } else {
        margins[i] =
            isHit
                ? TokenBucket.marginOfUnrepresentable(
                    written[i], interval(i), now, rate, cost, argument)
                : -Margin.MAX_NANOS;
      }
    }
    if (operation == Operation.SETTLE) {
      margins[policy.size()] = cost;
    }
  }
}

package io.traffik.spi;

import io.traffik.Backend.Operation;
import java.util.Objects;

/**
 * One operation on the buckets of one key: everything that a {@link io.traffik.Backend} needs to
 * decide it. Immutable.
 *
 * @param operation the operation, not null
 * @param policy the throttle's name and rates, not null; the same object for every call of one
 *     throttle
 * @param identity the value of the client's identity, not null; any characters, may be empty
 * @param scope the scope, not null; any characters, may be empty
 * @param cost the number of tokens, at least 0. A hit or peek costs at most the policy's {@link
 *     QuotaPolicy#capacity() capacity}; refunds and settlements may be larger
 * @param argument a second number, at least 0, whose meaning depends on the operation:
 *     <ul>
 *       <li>{@link Operation#HIT}, {@link Operation#PEEK}: the patience in nanoseconds. The hit may
 *           take tokens that refill within this time, at most 140 years less the time to fill.
 *       <li>{@link Operation#REFUND}: the time in nanoseconds until the hit would have proceeded; 0
 *           if it has proceeded.
 *       <li>{@link Operation#SETTLE}: the number of tokens that a bucket may owe beyond its
 *           capacity.
 *     </ul>
 */
public record BackendCall(
    Operation operation,
    QuotaPolicy policy,
    String identity,
    String scope,
    long cost,
    long argument) {

  /**
   * Creates a call.
   *
   * @param operation the operation, not null
   * @param policy the throttle's name and rates, not null
   * @param identity the value of the client's identity, not null
   * @param scope the scope, not null
   * @param cost the number of tokens, at least 0
   * @param argument the second number, at least 0
   * @throws IllegalArgumentException if the cost or the argument is negative, or if the patience
   *     and the time to fill a bucket exceed 140 years together
   */
  public BackendCall {
    Objects.requireNonNull(operation, "operation must not be null");
    Objects.requireNonNull(policy, "policy must not be null");
    Objects.requireNonNull(identity, "identity must not be null");
    Objects.requireNonNull(scope, "scope must not be null");
    if (cost < 0) {
      throw new IllegalArgumentException("cost must be at least 0: " + cost);
    }
    if (argument < 0) {
      throw new IllegalArgumentException("argument must be at least 0: " + argument);
    }
    if (operation == Operation.HIT || operation == Operation.PEEK) {
      requirePatience(policy, argument);
    }
  }

  /** A longer patience would let a debt exceed {@link Margin#MAX_NANOS}. */
  private static void requirePatience(QuotaPolicy policy, long patience) {
    for (int i = 0; patience > 0 && i < policy.size(); i++) {
      long longest = Margin.MAX_NANOS - policy.rate(i).fillNanos();
      if (patience > longest) {
        throw new IllegalArgumentException(
            "patience must be at most " + longest + " ns for " + policy + ": " + patience);
      }
    }
  }

  /**
   * Creates a call without an argument: a hit or peek without patience, a refund of a hit that has
   * proceeded, or a settlement that may owe no more than the capacity.
   *
   * @param operation the operation, not null
   * @param policy the throttle's name and rates, not null
   * @param identity the value of the client's identity, not null
   * @param scope the scope, not null
   * @param cost the number of tokens, at least 0
   * @throws IllegalArgumentException if the cost is negative
   */
  public BackendCall(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    this(operation, policy, identity, scope, cost, 0);
  }

  /**
   * This call with another operation, cost and argument.
   *
   * @param operation the operation, not null
   * @param cost the number of tokens, at least 0
   * @param argument the argument, at least 0
   * @return a call on the same buckets
   */
  public BackendCall with(Operation operation, long cost, long argument) {
    return new BackendCall(operation, policy, identity, scope, cost, argument);
  }

  /**
   * Whether this call needs a backend that {@link io.traffik.Backend#supportsDebt() supports debt}:
   * it waits for tokens, cancels a wait, or settles.
   *
   * @return false for plain hits, peeks and refunds
   */
  public boolean needsDebt() {
    return operation == Operation.SETTLE || argument > 0;
  }

  /**
   * Whether all rates grant this call: a hit or peek is granted if it costs nothing or if no margin
   * is below minus its patience. Refunds and settlements are always granted.
   *
   * @param margins the backend's answer to this call, not null
   * @return true if the call is granted
   */
  public boolean isGranted(long[] margins) {
    if (cost == 0 || operation == Operation.REFUND || operation == Operation.SETTLE) {
      return true;
    }
    for (int i = 0; i < policy.size(); i++) {
      if (Margin.nanos(margins[i]) < -argument) {
        return false;
      }
    }
    return true;
  }

  /**
   * Checks that an answer to this call is complete.
   *
   * @param margins the answer of a backend, not null
   * @return true if it has one margin per rate, and after a settlement the number of unpaid tokens
   */
  public boolean isAnsweredBy(long[] margins) {
    return margins.length == policy.size() + (operation == Operation.SETTLE ? 1 : 0);
  }
}

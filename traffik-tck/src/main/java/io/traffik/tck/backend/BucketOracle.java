package io.traffik.tck.backend;

import static org.junit.jupiter.api.Assertions.fail;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls a backend for one client, and compares each result with a model of the client's buckets. It
 * checks the decision and, if {@link #exact}, each margin. Not thread-safe.
 */
final class BucketOracle {

  private static final int MAX_ENTRIES = 25;

  private final Backend backend;
  private final TestTime time;
  private final String identity;
  private final List<BucketModel> models = new ArrayList<>();
  private final List<String> entries = new ArrayList<>();
  private QuotaPolicy policy;
  private boolean exact;

  BucketOracle(Backend backend, TestTime time, QuotaPolicy policy, String identity) {
    this.backend = backend;
    this.time = time;
    this.policy = policy;
    this.identity = identity;
  }

  /** Checks each margin from now on, not only the decision. */
  BucketOracle exact() {
    exact = true;
    return this;
  }

  QuotaPolicy policy() {
    return policy;
  }

  /**
   * Changes the policy. A rate at a new position starts full. A bucket whose position has no rate
   * now is kept for the next rate there.
   */
  void change(QuotaPolicy other) {
    policy = other;
    entries.add("the policy is now " + other);
  }

  /** Changes the rates and keeps the policy's name. */
  void change(Rate... rates) {
    change(QuotaPolicy.of(policy.uid(), List.of(rates)));
  }

  /** Whether a backend that rounds can still tell the debts at the speeds of a policy. */
  boolean canChange(QuotaPolicy other) {
    TimedCall now = new TimedCall(Operation.PEEK, 0, 0, time.now(), time.now());
    for (int i = 0; i < Math.min(models.size(), other.size()); i++) {
      if (!models.get(i).fewest(now, other.rate(i), time).isRepresentable()) {
        return false;
      }
    }
    return true;
  }

  boolean hit(long cost) {
    return hit(cost, 0);
  }

  /** Hits with a patience in nanoseconds. */
  boolean hit(long cost, long patience) {
    long[] margins = call(Operation.HIT, cost, patience, EntryPoint.DECIDE);
    return backendCall(Operation.HIT, cost, patience).isGranted(margins);
  }

  /**
   * Hits with a patience that suffices.
   *
   * @return the wait in nanoseconds until the hit proceeds, at least 0
   */
  long reserve(long cost, long patience) {
    long[] margins = call(Operation.HIT, cost, patience, EntryPoint.DECIDE);
    Assert.granted(
        backendCall(Operation.HIT, cost, patience).isGranted(margins),
        "a hit of " + cost + " with a patience of " + FailureText.time(patience));
    return waitNanos(margins);
  }

  static long waitNanos(long[] margins) {
    long longest = 0;
    for (long margin : margins) {
      longest = Math.max(longest, -margin);
    }
    return longest;
  }

  long[] peek(long cost) {
    return call(Operation.PEEK, cost);
  }

  long[] refund(long cost) {
    return call(Operation.REFUND, cost);
  }

  /** Cancels a reservation that would proceed after a time above 0. */
  long[] cancel(long cost, long promisedNanos) {
    return call(Operation.REFUND, cost, promisedNanos, EntryPoint.DECIDE);
  }

  /** Takes tokens that may be missing; returns the tokens that the buckets could not owe. */
  long settle(long cost, long maxDebt) {
    return call(Operation.SETTLE, cost, maxDebt, EntryPoint.DECIDE)[policy.size()];
  }

  /** The whole tokens in the first bucket, by the backend's margin; negative if it owes. */
  long tokens() {
    return Math.floorDiv(peek(0)[0], policy.rate(0).nanosPerToken());
  }

  long[] call(Operation operation, long cost) {
    return call(operation, cost, 0, EntryPoint.DECIDE);
  }

  long[] call(Operation operation, long cost, EntryPoint entryPoint) {
    return call(operation, cost, 0, entryPoint);
  }

  long[] call(Operation operation, long cost, long argument, EntryPoint entryPoint) {
    BackendCall call = backendCall(operation, cost, argument);
    long before = time.now();
    long[] answer = entryPoint.call(backend, call);
    check(call, answer, before, time.now());
    return answer;
  }

  /** A call on this client's buckets, for a batch. */
  BackendCall backendCall(Operation operation, long cost, long argument) {
    return new BackendCall(operation, policy, identity, "scope", cost, argument);
  }

  /** Compares the answer to a call with the model, and updates the model. */
  void check(BackendCall call, long[] answer, long before, long after) {
    TimedCall timed = new TimedCall(call.operation(), call.cost(), call.argument(), before, after);
    entries.add(timed + " → " + FailureText.answer(answer, call));
    if (!call.isAnsweredBy(answer)) {
      int expected = call.policy().size() + (call.operation() == Operation.SETTLE ? 1 : 0);
      fail(
          "expected "
              + expected
              + " numbers, one per rate and the unpaid tokens of a settlement, but got "
              + answer.length
              + calls());
    }
    for (int i = models.size(); i < call.policy().size(); i++) {
      models.add(new BucketModel(call.policy().rate(i)));
    }
    Outcome expected = outcome(timed, call.policy());
    List<MarginRange> ranges = ranges(timed, call.policy(), expected);
    checkMargins(timed, call, answer, ranges);
    Outcome outcome = checkDecision(timed, call, answer, expected, ranges);
    if (call.operation() == Operation.SETTLE) {
      checkUnpaid(timed, call.policy(), answer[call.policy().size()], outcome);
    }
    record(timed, call.policy(), answer, outcome);
  }

  private Outcome outcome(TimedCall call, QuotaPolicy policy) {
    boolean mayGrant = true;
    boolean mustGrant = true;
    for (int i = 0; i < policy.size(); i++) {
      Outcome single = models.get(i).outcome(call, policy.rate(i), time);
      mayGrant &= single.mayGrant();
      mustGrant &= single.mustGrant();
    }
    return new Outcome(mayGrant, mustGrant);
  }

  private List<MarginRange> ranges(TimedCall call, QuotaPolicy policy, Outcome outcome) {
    List<MarginRange> ranges = new ArrayList<>();
    for (int i = 0; i < policy.size(); i++) {
      ranges.add(models.get(i).expectedMargins(call, policy.rate(i), outcome, time));
    }
    return ranges;
  }

  private void checkMargins(
      TimedCall timed, BackendCall call, long[] answer, List<MarginRange> ranges) {
    for (int i = 0; i < ranges.size(); i++) {
      // A call of cost 0 is always granted, so a margin that is too small is its only denial.
      boolean deniesFree = call.cost() == 0 && answer[i] < Math.min(0, ranges.get(i).min());
      if (deniesFree || (exact && !ranges.get(i).contains(answer[i]))) {
        fail(wrongMargins(timed, call.policy(), answer, ranges.subList(0, i + 1)));
      }
    }
  }

  /** Returns the decision; of a cancellation, whose answer does not tell it, the expected one. */
  private Outcome checkDecision(
      TimedCall timed,
      BackendCall call,
      long[] answer,
      Outcome expected,
      List<MarginRange> ranges) {
    if (!timed.needsTokens()) {
      return expected;
    }
    boolean granted = call.isGranted(answer);
    if (granted ? !expected.mayGrant() : expected.mustGrant()) {
      fail(wrongMargins(timed, call.policy(), answer, ranges));
    }
    return Outcome.of(granted);
  }

  private void checkUnpaid(TimedCall call, QuotaPolicy policy, long unpaid, Outcome outcome) {
    long min = 0;
    long max = 0;
    for (int i = 0; i < policy.size(); i++) {
      Rate rate = policy.rate(i);
      BucketState most = models.get(i).most(call, rate, time);
      BucketState fewest = models.get(i).fewest(call, rate, time);
      long rounding = time.rounding(rate, call.costNanos(rate)) + call.after() - call.before();
      long error = time.isExact() ? 0 : 1 + rounding / rate.nanosPerToken();
      min = Math.max(min, most.unpaid(call, outcome.mayGrant()) - error);
      max = Math.max(max, fewest.unpaid(call, outcome.mustGrant()) + error);
    }
    if (unpaid < min || unpaid > max) {
      fail(
          "a "
              + call
              + ": the unpaid tokens must be "
              + (min == max ? min : "from " + min + " to " + max)
              + ", were "
              + unpaid
              + calls());
    }
  }

  private void record(TimedCall call, QuotaPolicy policy, long[] answer, Outcome outcome) {
    for (int i = 0; i < policy.size(); i++) {
      if (!models.get(i).fewest(call, policy.rate(i), time).isRepresentable()) {
        // Such a call writes nothing, to no rate.
        return;
      }
    }
    for (int i = 0; i < policy.size(); i++) {
      if (exact) {
        models.get(i).recordMargin(call, policy.rate(i), answer[i], outcome.mayGrant());
      } else {
        models.get(i).recordOutcome(call, policy.rate(i), outcome, time);
      }
    }
  }

  private String wrongMargins(
      TimedCall call, QuotaPolicy policy, long[] margins, List<MarginRange> expectedMargins) {
    StringBuilder text = new StringBuilder("a ").append(call);
    for (int i = 0; i < expectedMargins.size(); i++) {
      Rate rate = policy.rate(i);
      text.append(i == 0 ? ", " : "; ")
          .append(rate)
          .append(": must be ")
          .append(expectedMargins.get(i).describe(rate))
          .append(", was ")
          .append(FailureText.margin(margins[i], rate));
    }
    return text + calls();
  }

  /** The calls and results so far. */
  private String calls() {
    int from = Math.max(0, entries.size() - MAX_ENTRIES);
    return "\nCalls for client "
        + FailureText.quoted(identity)
        + (from == 0 ? "" : ", the last " + MAX_ENTRIES)
        + ":\n  "
        + String.join("\n  ", entries.subList(from, entries.size()));
  }
}

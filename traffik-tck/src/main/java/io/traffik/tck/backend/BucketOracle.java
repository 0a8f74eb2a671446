package io.traffik.tck.backend;

import static org.junit.jupiter.api.Assertions.fail;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.Margin;
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
  private final List<Rate> rates = new ArrayList<>();
  private final List<String> entries = new ArrayList<>();
  private QuotaPolicy policy;
  private boolean exact;

  BucketOracle(Backend backend, TestTime time, QuotaPolicy policy, String identity) {
    this.backend = backend;
    this.time = time;
    this.policy = policy;
    this.identity = identity;
    policy.rates().forEach(this::open);
  }

  private void open(Rate rate) {
    models.add(new BucketModel());
    rates.add(rate);
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
    for (int i = 0; i < other.size(); i++) {
      if (i == models.size()) {
        open(other.rate(i));
      } else if (!other.rate(i).equals(rates.get(i))) {
        models.get(i).rateChanged(rates.get(i), time);
        rates.set(i, other.rate(i));
      }
    }
    policy = other;
    entries.add("the policy is now " + other);
  }

  /** Changes the rates and keeps the policy's name. */
  void change(Rate... rates) {
    change(QuotaPolicy.of(policy.uid(), List.of(rates)));
  }

  boolean hit(long cost) {
    return Margin.areGranted(call(Operation.HIT, cost));
  }

  long[] peek(long cost) {
    return call(Operation.PEEK, cost);
  }

  long[] refund(long cost) {
    return call(Operation.REFUND, cost);
  }

  /** The whole tokens in the first bucket, by the backend's margin. */
  long tokens() {
    return peek(0)[0] / policy.rate(0).nanosPerToken();
  }

  long[] call(Operation operation, long cost) {
    return call(operation, cost, EntryPoint.DECIDE);
  }

  long[] call(Operation operation, long cost, EntryPoint entryPoint) {
    long before = time.now();
    long[] margins = entryPoint.call(backend, operation, policy, identity, "scope", cost);
    TimedCall call = new TimedCall(operation, cost, before, time.now());
    entries.add(call + " → " + FailureText.margins(margins, policy));
    if (margins.length != policy.size()) {
      fail(
          "expected "
              + policy.size()
              + " margins, one per rate, but got "
              + margins.length
              + calls());
    }
    check(call, margins);
    return margins;
  }

  private void check(TimedCall call, long[] margins) {
    boolean granted = Margin.areGranted(margins);
    boolean mustGrant = true;
    boolean mustDeny = false;
    List<MarginRange> expectedMargins = new ArrayList<>();
    for (int i = 0; i < margins.length; i++) {
      MarginRange range = models.get(i).expectedMargins(call, policy.rate(i), time);
      expectedMargins.add(range);
      mustGrant &= range.mustGrant();
      mustDeny |= range.mustDeny();
      if (exact && !range.contains(margins[i])) {
        fail(wrongMargins(call, margins, expectedMargins, i));
      }
    }
    if (granted ? mustDeny : mustGrant && call.operation() != Operation.REFUND) {
      fail(wrongMargins(call, margins, expectedMargins, margins.length - 1));
    }
    for (int i = 0; i < margins.length; i++) {
      if (exact) {
        models.get(i).recordMargin(call, policy.rate(i), margins[i], granted);
      } else {
        models.get(i).recordOutcome(call, policy.rate(i), granted, time);
      }
    }
  }

  private String wrongMargins(
      TimedCall call, long[] margins, List<MarginRange> expectedMargins, int last) {
    StringBuilder text = new StringBuilder("a ").append(call);
    for (int i = 0; i <= last; i++) {
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

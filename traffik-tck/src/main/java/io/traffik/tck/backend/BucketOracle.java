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
 * One client's buckets in a backend, with the books that the kit keeps of them. Every answer is
 * checked against the books: whether it grants, and, where an account is {@link #exact}, each
 * margin. For one thread.
 */
final class BucketOracle {

  private static final int ENTRIES_SHOWN = 25;

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

  /** From now on each margin must be right, not only whether it grants. */
  BucketOracle exact() {
    exact = true;
    return this;
  }

  QuotaPolicy policy() {
    return policy;
  }

  /**
   * From now on other rates hold. A place that never had a rate has a full bucket; one that has
   * none now keeps its own for the next.
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
    entries.add("from now on " + other);
  }

  /** As {@link #change(QuotaPolicy)}, keeping the name. */
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

  /** Whole tokens that the backend says are in the first bucket. */
  long tokens() {
    return peek(0)[0] / policy.rate(0).nanosPerToken();
  }

  long[] call(Operation operation, long cost) {
    return call(operation, cost, EntryPoint.DECIDE);
  }

  long[] call(Operation operation, long cost, EntryPoint entryPoint) {
    long before = time.now();
    long[] margins = entryPoint.call(backend, operation, policy, identity, "scope", cost);
    TimedCall asked = new TimedCall(operation, cost, before, time.now());
    entries.add(asked + " → " + FailureText.margins(margins, policy));
    if (margins.length != policy.size()) {
      fail(policy.size() + " rates must give as many margins: " + margins.length + story());
    }
    check(asked, margins);
    return margins;
  }

  private void check(TimedCall asked, long[] margins) {
    boolean granted = Margin.areGranted(margins);
    boolean mustGrant = true;
    boolean mustDeny = false;
    List<MarginRange> expectedMargins = new ArrayList<>();
    for (int i = 0; i < margins.length; i++) {
      MarginRange range = models.get(i).expectedMargins(asked, policy.rate(i), time);
      expectedMargins.add(range);
      mustGrant &= range.mustGrant();
      mustDeny |= range.mustDeny();
      if (exact && !range.contains(margins[i])) {
        fail(wrong(asked, margins, expectedMargins, i));
      }
    }
    if (granted ? mustDeny : mustGrant && asked.operation() != Operation.REFUND) {
      fail(wrong(asked, margins, expectedMargins, margins.length - 1));
    }
    for (int i = 0; i < margins.length; i++) {
      if (exact) {
        models.get(i).recordMargin(asked, policy.rate(i), margins[i], granted);
      } else {
        models.get(i).recordOutcome(asked, policy.rate(i), granted, time);
      }
    }
  }

  private String wrong(
      TimedCall asked, long[] margins, List<MarginRange> expectedMargins, int last) {
    StringBuilder text = new StringBuilder("a ").append(asked);
    for (int i = 0; i <= last; i++) {
      Rate rate = policy.rate(i);
      text.append(i == 0 ? ", " : "; ")
          .append(rate)
          .append(": must be ")
          .append(expectedMargins.get(i).describe(rate))
          .append(", was ")
          .append(FailureText.margin(margins[i], rate));
    }
    return text + story();
  }

  /** What was asked and answered so far. */
  private String story() {
    int from = Math.max(0, entries.size() - ENTRIES_SHOWN);
    return "\nAll that was asked of "
        + FailureText.quoted(identity)
        + (from == 0 ? "" : ", the last " + ENTRIES_SHOWN)
        + ":\n  "
        + String.join("\n  ", entries.subList(from, entries.size()));
  }
}

package io.traffik.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** No history grants more than the requested rate before rounding. */
class GrantBoundTest {

  /** A granted hit. */
  private record Grant(long at, long cost) {}

  @Provide
  Arbitrary<Rate> rates() {
    return Rates.any();
  }

  @Provide
  Arbitrary<List<HistoryStep>> histories() {
    return HistoryStep.histories();
  }

  @Property
  void b3_neverGrantsMoreThanCapacityPlusRefillInAnyWindow(
      @ForAll("rates") Rate rate, @ForAll("histories") List<HistoryStep> history) {
    Bucket bucket = new Bucket();
    List<Grant> grants = new ArrayList<>();
    long now = 0;
    long margin = 0;
    for (HistoryStep step : history) {
      now = step.after(now, rate, margin);
      long cost = step.tokens(rate);
      margin = bucket.decide(Operation.HIT, now, rate, cost);
      if (margin >= 0) {
        grants.add(new Grant(now, cost));
        // Checks every window that ends here, from the shortest on.
        Fraction granted = Fraction.ZERO;
        for (int from = grants.size() - 1; from >= 0; from--) {
          granted = granted.plus(Fraction.of(grants.get(from).cost()));
          long span = now - grants.get(from).at();
          assertThat(granted).as("in %s ns", span).isLessThanOrEqualTo(bound(rate, span));
        }
      }
    }
  }

  @Property
  void b3_aRefundAddsAtMostWhatRefilledSinceItsHit(
      @ForAll("rates") Rate rate, @ForAll("histories") List<HistoryStep> history) {
    Bucket bucket = new Bucket();
    List<Grant> refundable = new ArrayList<>();
    Fraction granted = Fraction.ZERO;
    Fraction added = Fraction.ZERO;
    long now = 0;
    long margin = 0;
    for (HistoryStep step : history) {
      now = step.after(now, rate, margin);
      if (step.operation() != Operation.REFUND) {
        long cost = step.tokens(rate);
        margin = bucket.decide(Operation.HIT, now, rate, cost);
        if (margin >= 0) {
          refundable.add(new Grant(now, cost));
          granted = granted.plus(Fraction.of(cost));
        }
      } else if (!refundable.isEmpty()) {
        Grant hit = refundable.remove(step.which() % refundable.size());
        bucket.decide(Operation.REFUND, now, rate, hit.cost());
        Fraction cost = Fraction.of(hit.cost());
        granted = granted.minus(cost);
        added = added.plus(cost.min(refill(rate, now - hit.at())));
      }
      assertThat(granted).as("at %s", now).isLessThanOrEqualTo(bound(rate, now).plus(added));
    }
  }

  private static Fraction bound(Rate rate, long nanos) {
    return Fraction.of(rate.capacity()).plus(refill(rate, nanos));
  }

  private static Fraction refill(Rate rate, long nanos) {
    return ExactBucket.requested(rate).times(Fraction.of(nanos));
  }
}

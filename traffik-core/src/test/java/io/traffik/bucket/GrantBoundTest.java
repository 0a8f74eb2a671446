package io.traffik.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** No history grants more than the configured rates allow. */
class GrantBoundTest {

  private record Grant(long at, long cost) {}

  @Provide
  Arbitrary<Rate> rates() {
    return RateArbitraries.any();
  }

  @Provide
  Arbitrary<List<QuotaPolicy>> versions() {
    return Arbitraries.oneOf(Versions.similar(), Versions.ofSingleRates());
  }

  @Provide
  Arbitrary<List<HistoryStep>> histories() {
    return HistoryStep.histories();
  }

  @Property
  void b3_neverGrantsMoreThanCapacityPlusRefillInAnyWindow(
      @ForAll("rates") Rate rate, @ForAll("histories") List<HistoryStep> history) {
    TestBuckets bucket = new TestBuckets();
    Grants grants = Grants.of(rate);
    long now = 0;
    long margin = 0;
    for (HistoryStep step : history) {
      now = step.after(now, rate, margin);
      long cost = step.tokens(rate);
      margin = bucket.hit(now, rate, cost, 0);
      if (margin >= 0) {
        grants.add(now, cost);
      }
    }
  }

  /** The bound of several live versions, each with its own capacity and speed. */
  @Property
  void b11_versionsTogetherGrantAtMostTheLargestCapacityPlusTheFastestRefill(
      @ForAll("versions") List<QuotaPolicy> versions,
      @ForAll("histories") List<HistoryStep> history) {
    TestBuckets buckets = new TestBuckets();
    Grants grants = Grants.of(versions);
    long now = 0;
    long margin = 0;
    for (HistoryStep step : history) {
      QuotaPolicy policy = Versions.of(versions, step);
      now = step.after(now, policy.rate(0), margin);
      long cost = Math.min(step.tokens(policy.rate(0)), policy.capacity());
      BackendCall call = TestBuckets.call(Operation.HIT, policy, cost, 0);
      long[] answer = buckets.decide(call, now);
      margin = answer[0];
      if (call.isGranted(answer)) {
        grants.add(now, cost);
      }
    }
  }

  /** If each hit reduced the debt to its own capacity, all 1,000 hits would be granted. */
  @Test
  void b11_twoVersionsInTurnGrantNoMoreThanTheLargerOne() {
    Rate large = Rate.perMinute(100);
    Rate small = Rate.perMinute(100).withCapacity(20);
    TestBuckets bucket = new TestBuckets();
    int granted = 0;
    for (int i = 0; i < 1_000; i++) {
      granted += bucket.hit(0, large, 1) ? 1 : 0;
      granted += bucket.hit(0, small, 1) ? 1 : 0;
    }
    assertThat(granted).isEqualTo(100);
  }

  @Property
  void b3_aRefundAddsAtMostTheRefillSinceItsHit(
      @ForAll("rates") Rate rate, @ForAll("histories") List<HistoryStep> history) {
    TestBuckets bucket = new TestBuckets();
    List<Grant> refundable = new ArrayList<>();
    Fraction speed = ExactBucket.requested(rate);
    Fraction granted = Fraction.ZERO;
    Fraction added = Fraction.ZERO;
    long now = 0;
    long margin = 0;
    for (HistoryStep step : history) {
      now = step.after(now, rate, margin);
      if (step.operation() != Operation.REFUND) {
        long cost = step.tokens(rate);
        margin = bucket.hit(now, rate, cost, 0);
        if (margin >= 0) {
          refundable.add(new Grant(now, cost));
          granted = granted.plus(Fraction.of(cost));
        }
      } else if (!refundable.isEmpty()) {
        Grant hit = refundable.remove(step.which() % refundable.size());
        bucket.decide(Operation.REFUND, now, rate, hit.cost(), 0);
        Fraction cost = Fraction.of(hit.cost());
        granted = granted.minus(cost);
        added = added.plus(cost.min(speed.times(Fraction.of(now - hit.at()))));
      }
      Fraction bound = Fraction.of(rate.capacity()).plus(speed.times(Fraction.of(now))).plus(added);
      assertThat(granted).as("at %s", now).isLessThanOrEqualTo(bound);
    }
  }
}

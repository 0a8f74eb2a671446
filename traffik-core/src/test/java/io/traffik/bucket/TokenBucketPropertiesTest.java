package io.traffik.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.Margin;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Random histories over all rates agree with the exact model to the nanosecond. */
class TokenBucketPropertiesTest {

  @Provide
  Arbitrary<Rate> rates() {
    return Rates.any();
  }

  @Provide
  Arbitrary<List<HistoryStep>> histories() {
    return HistoryStep.histories();
  }

  /** Starts up to 73 years after the origin of the clock. */
  @Provide
  Arbitrary<Long> starts() {
    return Arbitraries.oneOf(Arbitraries.just(0L), Arbitraries.longs().between(0, 1L << 61));
  }

  @Property
  void b1_b2_b4_b5_b6_b12_answersAsTheExactModelDoes(
      @ForAll("rates") Rate rate,
      @ForAll("histories") List<HistoryStep> history,
      @ForAll("starts") long start) {
    Bucket bucket = new Bucket();
    ExactBucket model = ExactBucket.atAppliedRate(rate, start);
    long now = start;
    long margin = 0;
    for (HistoryStep step : history) {
      now = step.after(now, rate, margin);
      model.advanceTo(now);
      long cost = step.tokens(rate);
      margin = bucket.decide(step.operation(), now, rate, cost);
      if (step.operation() == Operation.REFUND) {
        model.refund(cost);
        assertThat(margin).as("%s refunded at %s", cost, now).isEqualTo(model.margin(0));
      } else if (model.canNever(cost)) {
        assertThat(margin).as("%s at %s", cost, now).isEqualTo(Margin.NEVER);
      } else {
        assertThat(margin).as("%s at %s", cost, now).isEqualTo(model.margin(cost));
        if (step.operation() == Operation.HIT && model.allows(cost)) {
          model.take(cost);
        }
      }
      assertThat(bucket.peek(now, rate, 0)).as("held at %s", now).isEqualTo(model.margin(0));
    }
  }

  @Property
  void b10_aFullBucketIsDecidedAsAnAbsentOne(
      @ForAll("rates") Rate rate,
      @ForAll("histories") List<HistoryStep> history,
      @ForAll("starts") long start) {
    Bucket kept = new Bucket();
    Bucket forgotten = new Bucket();
    long now = start;
    long margin = 0;
    for (HistoryStep step : history) {
      now = step.after(now, rate, margin);
      if (forgotten.peek(now, rate, rate.capacity()) >= 0) {
        forgotten = new Bucket();
      }
      long cost = step.tokens(rate);
      margin = kept.decide(step.operation(), now, rate, cost);
      assertThat(forgotten.decide(step.operation(), now, rate, cost)).isEqualTo(margin);
    }
  }

  @Property
  void b11_aChangedRateHoldsAtOnceAndKeepsTheInstantOfBeingFull(
      @ForAll("rates") Rate first,
      @ForAll("rates") Rate second,
      @ForAll("histories") List<HistoryStep> history,
      @ForAll("starts") long start) {
    Bucket bucket = new Bucket();
    ExactBucket model = ExactBucket.atAppliedRate(first, start);
    Rate rate = first;
    long now = start;
    long margin = 0;
    for (HistoryStep step : history) {
      now = step.after(now, rate, margin);
      model.advanceTo(now);
      rate = step.which() % 4 == 0 ? second : first;
      model.changeTo(rate);
      long cost = step.tokens(rate);
      margin = bucket.decide(step.operation(), now, rate, cost);
      if (step.operation() == Operation.REFUND) {
        model.refund(cost);
      } else if (!model.canNever(cost)) {
        assertThat(margin).as("%s at %s of %s", cost, now, rate).isEqualTo(model.margin(cost));
        if (step.operation() == Operation.HIT && model.allows(cost)) {
          model.take(cost);
        }
      }
      assertThat(bucket.peek(now, rate, 0)).isEqualTo(model.margin(0));
    }
  }
}

package io.traffik.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** Random histories over all rates, compared with the exact model: equal to the nanosecond. */
class TokenBucketPropertiesTest {

  /** Up to three versions of a policy, which take turns. */
  @Provide
  Arbitrary<List<QuotaPolicy>> versions() {
    return Versions.any();
  }

  @Provide
  Arbitrary<Rate> rates() {
    return RateArbitraries.any();
  }

  @Provide
  Arbitrary<List<HistoryStep>> histories() {
    return Arbitraries.oneOf(HistoryStep.histories(), HistoryStep.debtHistories());
  }

  /** Up to 73 years after the clock began. */
  @Provide
  Arbitrary<Long> starts() {
    return Arbitraries.oneOf(Arbitraries.just(0L), Arbitraries.longs().between(0, 1L << 61));
  }

  @Property
  void b1_to_b14_answersEqualThoseOfTheExactModel(
      @ForAll("versions") List<QuotaPolicy> versions,
      @ForAll("histories") List<HistoryStep> history,
      @ForAll("starts") long start) {
    TestBuckets buckets = new TestBuckets();
    ExactBuckets model = new ExactBuckets();
    long now = start;
    long margin = 0;
    for (HistoryStep step : history) {
      QuotaPolicy policy = Versions.of(versions, step);
      now = step.after(now, policy.rate(0), margin);
      BackendCall call = step.call(policy, "client", model.promised(step.which(), now));
      long[] answer = buckets.decide(call, now);
      assertThat(answer).as("%s at %s of %s", call, now, model).isEqualTo(model.decide(call, now));
      assertThat(buckets.granted()).as("%s at %s", call, now).isEqualTo(model.granted());
      for (QuotaPolicy version : versions) {
        BackendCall peek = TestBuckets.call(Operation.PEEK, version, 0, 0);
        assertThat(buckets.decide(peek, now)).isEqualTo(model.decide(peek, now));
      }
      margin = answer[0];
    }
  }

  @Property
  void b10_aFullBucketIsDecidedAsAnAbsentOne(
      @ForAll("versions") List<QuotaPolicy> versions,
      @ForAll("histories") List<HistoryStep> history,
      @ForAll("starts") long start) {
    TestBuckets stored = new TestBuckets();
    TestBuckets removed = new TestBuckets();
    long now = start;
    long margin = 0;
    for (HistoryStep step : history) {
      QuotaPolicy policy = Versions.of(versions, step);
      now = step.after(now, policy.rate(0), margin);
      if (removed.isFull(now)) {
        removed = new TestBuckets();
      }
      BackendCall call = step.call(policy, "client", 0);
      long[] answer = stored.decide(call, now);
      assertThat(removed.decide(call, now)).isEqualTo(answer);
      margin = answer[0];
    }
  }

  @Property
  void b11_aTakeoverCostsLessThanOneNanosecondAndForgivesNothing(
      @ForAll("rates") Rate first,
      @ForAll("rates") Rate second,
      @ForAll @LongRange(min = 1, max = Long.MAX_VALUE) long number,
      @ForAll("starts") long now) {
    long debt = 1 + number % first.fillNanos();
    long carried = TokenBucket.carried(now + debt, first.nanosPerToken(), now, second);
    if (carried == TokenBucket.UNREPRESENTABLE) {
      return;
    }
    Fraction exact =
        Fraction.of(debt).times(Fraction.of(second.nanosPerToken(), first.nanosPerToken()));
    Fraction cost = Fraction.of(carried - now).minus(exact);
    assertThat(cost).isBetween(Fraction.ZERO, new Fraction(BigInteger.ONE, BigInteger.ONE));
    assertThat(cost).isNotEqualTo(Fraction.of(1));
  }

  /** The last caller of each version forces a conversion, and each conversion rounds up. */
  @Property
  void b11_aDebtThatIsConvertedBackIsNotSmaller(
      @ForAll("rates") Rate first,
      @ForAll("rates") Rate second,
      @ForAll @LongRange(min = 1, max = Long.MAX_VALUE) long number) {
    long debt = 1 + number % first.fillNanos();
    long there = TokenBucket.carried(debt, first.nanosPerToken(), 0, second);
    if (there != TokenBucket.UNREPRESENTABLE) {
      long back = TokenBucket.carried(there, second.nanosPerToken(), 0, first);
      assertThat(back).isGreaterThanOrEqualTo(debt);
    }
  }
}

package io.traffik.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Rate;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The difference between the applied rate and the requested one. */
class AppliedRateTest {

  private static final Fraction MILLION_PER_SECOND = Fraction.of(1, 1_000);
  private static final long MANY = 1_000_000;

  @Provide
  Arbitrary<Rate> rates() {
    return RateArbitraries.any();
  }

  @Property
  void b7_theSustainedRateIsNeverFasterAndHardlySlower(@ForAll("rates") Rate rate) {
    Fraction requested = ExactBucket.requested(rate);
    Fraction sustained = sustained(rate);
    Fraction slowedBy = requested.minus(sustained).over(requested);
    assertThat(slowedBy).isGreaterThanOrEqualTo(Fraction.ZERO);
    // Tokens per nanosecond are billionths of tokens per second.
    Fraction allowed =
        requested.compareTo(MILLION_PER_SECOND) > 0
            ? Fraction.of(1, 1_000)
            : requested.max(Fraction.of(1, 1_000_000));
    assertThat(slowedBy).as("%s for %s", sustained, requested).isLessThan(allowed);
  }

  @Property
  void b7_roundingCostsNoTokenOfAFullBurst(@ForAll("rates") Rate rate) {
    assertThat(new TestBuckets().hit(0, rate, rate.capacity(), 0)).isZero();
    TestBuckets oneByOne = new TestBuckets();
    long steps = Math.min(rate.capacity() - 1, 100);
    for (long i = 0; i < steps; i++) {
      assertThat(oneByOne.hit(0, rate, 1)).isTrue();
    }
    assertThat(oneByOne.hit(0, rate, rate.capacity() - steps, 0)).isZero();
    assertThat(oneByOne.hit(0, rate, 1)).isFalse();
  }

  @Property
  void b7_theModelRoundsEqually(@ForAll("rates") Rate rate) {
    assertThat(sustained(rate)).isEqualTo(ExactBucket.applied(rate));
  }

  /** The tokens per nanosecond that an exhausted bucket grants in the long term. */
  private static Fraction sustained(Rate rate) {
    TestBuckets bucket = new TestBuckets();
    long burst = Math.min(rate.capacity(), MANY);
    assertThat(bucket.hit(0, rate, rate.capacity())).isTrue();
    long wait = -bucket.peek(0, rate, burst);
    assertThat(bucket.hit(wait, rate, burst)).isTrue();
    return Fraction.of(burst, wait);
  }
}

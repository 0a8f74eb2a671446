package io.traffik.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** How near the rate that is kept comes to the one that was asked for. */
class KeptRateTest {

  private static final Fraction MILLION_PER_SECOND = Fraction.of(1, 1_000);
  private static final long MANY = 1_000_000;

  @Provide
  Arbitrary<Rate> rates() {
    return Rates.any();
  }

  @Property
  void b7_theSustainedRateIsNeverFasterAndHardlySlower(@ForAll("rates") Rate rate) {
    Fraction asked = ExactBucket.asked(rate);
    Fraction sustained = sustained(rate);
    Fraction slowedBy = asked.minus(sustained).over(asked);
    assertThat(slowedBy).isGreaterThanOrEqualTo(Fraction.ZERO);
    // Tokens per nanosecond are billionths of tokens per second.
    Fraction allowed =
        asked.compareTo(MILLION_PER_SECOND) > 0
            ? Fraction.of(1, 1_000)
            : asked.max(Fraction.of(1, 1_000_000));
    assertThat(slowedBy).as("kept %s of %s", sustained, asked).isLessThan(allowed);
  }

  @Property
  void b7_roundingCostsNoTokenOfAFullBurst(@ForAll("rates") Rate rate) {
    Bucket atOnce = new Bucket();
    assertThat(atOnce.decide(Operation.HIT, 0, rate, rate.capacity())).isZero();
    Bucket oneByOne = new Bucket();
    long steps = Math.min(rate.capacity() - 1, 100);
    for (long i = 0; i < steps; i++) {
      assertThat(oneByOne.hit(0, rate, 1)).isTrue();
    }
    assertThat(oneByOne.decide(Operation.HIT, 0, rate, rate.capacity() - steps)).isZero();
    assertThat(oneByOne.hit(0, rate, 1)).isFalse();
  }

  @Property
  void b7_theModelKeepsTheSameRate(@ForAll("rates") Rate rate) {
    assertThat(sustained(rate)).isEqualTo(ExactBucket.kept(rate));
  }

  /** Tokens per nanosecond that an exhausted bucket gives out in the long run. */
  private static Fraction sustained(Rate rate) {
    Bucket bucket = new Bucket();
    long burst = Math.min(rate.capacity(), MANY);
    assertThat(bucket.hit(0, rate, rate.capacity())).isTrue();
    long wait = -bucket.peek(0, rate, burst);
    assertThat(bucket.hit(wait, rate, burst)).isTrue();
    return Fraction.of(burst, wait);
  }
}

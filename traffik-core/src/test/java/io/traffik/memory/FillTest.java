package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** The time to fill in sixteen bits, and shares of it. */
class FillTest {

  private static final long LONGEST = 51_135L * 24 * 3_600_000_000_000L;

  @Property
  void m3_sharesAreThoseOfExactArithmeticToAThousandth(
      @ForAll @LongRange(min = 1, max = LONGEST) long nanos,
      @ForAll @LongRange(min = 1, max = LONGEST) long missing) {
    double share = (double) missing / nanos;
    // Never less: who misses half counts as missing half.
    assertThat(Fill.share(missing, Fill.encode(nanos)))
        .isBetween(share * (1 - 1e-12), share * 1.001);
    assertThat(Fill.share(-missing, Fill.encode(nanos))).isZero();
  }

  @Property
  void m3_whatMissesHalfCountsAsHalf(@ForAll @LongRange(min = 1, max = LONGEST / 2) long half) {
    assertThat(Fill.share(half, Fill.encode(2 * half))).isGreaterThanOrEqualTo(Fill.WHOLE / 2);
  }

  @Example
  void m3_whatIsMissingIsNeverNothing() {
    assertThat(Fill.share(1, Fill.encode(LONGEST))).isPositive();
    assertThat(Fill.share(0, Fill.encode(LONGEST))).isZero();
    assertThat(Fill.share(1, Fill.encode(1))).isEqualTo(Fill.WHOLE);
    assertThat(Fill.share(Long.MAX_VALUE, Fill.encode(1))).isGreaterThan(Fill.WHOLE);
  }
}

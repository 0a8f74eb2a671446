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
  void m3_fillsAreKeptToAThousandth(@ForAll @LongRange(min = 1, max = LONGEST) long nanos) {
    long kept = Fill.decode(Fill.encode(nanos));
    assertThat(kept).isPositive().isLessThanOrEqualTo(nanos);
    assertThat((double) (nanos - kept)).isLessThan(nanos / 1_000.0);
  }

  @Property
  void m3_sharesAreThoseOfExactArithmetic(
      @ForAll @LongRange(min = 1, max = LONGEST) long nanos,
      @ForAll @LongRange(min = 0, max = LONGEST) long missing) {
    long within = missing % (nanos + 1);
    double share = (double) within / nanos * Fill.WHOLE;
    assertThat((double) Fill.share(within, Fill.encode(nanos)))
        .isBetween(share * 0.99 - 1, share * 1.01 + 1);
    assertThat(Fill.share(-missing, Fill.encode(nanos))).isZero();
  }

  @Example
  void m3_whatIsMissingIsNeverNothing() {
    assertThat(Fill.share(1, Fill.encode(LONGEST))).isEqualTo(1);
    assertThat(Fill.share(0, Fill.encode(LONGEST))).isZero();
    assertThat(Fill.share(LONGEST, Fill.encode(LONGEST))).isBetween(65_536L, 65_600L);
  }
}

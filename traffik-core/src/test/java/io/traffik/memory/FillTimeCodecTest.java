package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Fill times in sixteen bits, and shares of them. */
class FillTimeCodecTest {

  private static final long LONGEST = 51_135L * 24 * 3_600_000_000_000L;

  @Property
  void m3_sharesAreThoseOfExactArithmeticToAThousandth(
      @ForAll @LongRange(min = 1, max = LONGEST) long nanos,
      @ForAll @LongRange(min = 1, max = LONGEST) long missing) {
    double share = (double) missing / nanos;
    // Never less: a key that misses half must count as missing half.
    assertThat(FillTimeCodec.share(missing, FillTimeCodec.encode(nanos)))
        .isBetween(share * (1 - 1e-12), share * 1.001);
    assertThat(FillTimeCodec.share(-missing, FillTimeCodec.encode(nanos))).isZero();
  }

  @Property
  void m3_whatMissesHalfCountsAsHalf(@ForAll @LongRange(min = 1, max = LONGEST / 2) long half) {
    assertThat(FillTimeCodec.share(half, FillTimeCodec.encode(2 * half)))
        .isGreaterThanOrEqualTo(FillTimeCodec.WHOLE / 2);
  }

  @Example
  void m3_whatIsMissingIsNeverNothing() {
    assertThat(FillTimeCodec.share(1, FillTimeCodec.encode(LONGEST))).isPositive();
    assertThat(FillTimeCodec.share(0, FillTimeCodec.encode(LONGEST))).isZero();
    assertThat(FillTimeCodec.share(1, FillTimeCodec.encode(1))).isEqualTo(FillTimeCodec.WHOLE);
    assertThat(FillTimeCodec.share(Long.MAX_VALUE, FillTimeCodec.encode(1)))
        .isGreaterThan(FillTimeCodec.WHOLE);
  }
}

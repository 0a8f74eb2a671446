package io.traffik.spi;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

final class MarginTest {

  @Property
  void theDegradedMarkPreservesTheMargin(
      @ForAll @LongRange(min = -(1L << 62), max = (1L << 62) - 1) long margin) {
    long marked = Margin.degraded(margin);
    assertThat(Margin.isDegraded(margin)).isFalse();
    assertThat(Margin.isDegraded(marked)).isTrue();
    assertThat(Margin.nanos(marked)).isEqualTo(margin);
    assertThat(Margin.nanos(margin)).isEqualTo(margin);
    assertThat(Margin.degraded(marked)).isEqualTo(marked);
    assertThat(marked >= 0).isEqualTo(margin >= 0);
  }
}

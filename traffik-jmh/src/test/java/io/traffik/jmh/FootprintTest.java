package io.traffik.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FootprintTest {

  @Test
  void aMapOfStringsTakesMoreThanAFingerprintAndAnInstant() {
    double kernel = Footprint.bytesPerClient(Contenders.KERNEL, 200_000);
    // 2^19 pairs of words for 200,000 clients; the collector here rounds up to its regions
    assertThat(kernel).isBetween(40.0, 80.0);
    assertThat(Footprint.bytesPerClient(Contenders.MAP_REFERENCE, 200_000)).isGreaterThan(100);
  }
}

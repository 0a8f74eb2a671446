package io.traffik.jmh.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.jmh.contender.Contenders;
import org.junit.jupiter.api.Test;

class FootprintTest {

  @Test
  void aMapOfStringsTakesMoreThanAFingerprintAndAnInstant() {
    double table = Footprint.bytesPerClient(Contenders.OPEN_ADDRESSING, 200_000);
    // 2^19 pairs of words for 200,000 clients; this collector rounds up to its regions.
    assertThat(table).isBetween(40.0, 80.0);
    assertThat(Footprint.bytesPerClient(Contenders.CONCURRENT_HASH_MAP, 200_000))
        .isGreaterThan(100);
  }
}

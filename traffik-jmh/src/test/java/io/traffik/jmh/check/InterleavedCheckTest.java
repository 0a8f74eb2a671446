package io.traffik.jmh.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.jmh.check.InterleavedCheck.Result;
import org.junit.jupiter.api.Test;

/** That all is measured, of hits that are answered as they are to be. No time is judged here. */
final class InterleavedCheckTest {

  @Test
  void measuresThePathAndDenials() {
    Result findings = InterleavedCheck.measure(3, 4_096, 100, 1_000);
    assertThat(findings.allowedPath()).isFinite().isNotZero();
    assertThat(findings.deniedPath()).isFinite().isNotZero();
    assertThat(findings.denied100k()).isPositive();
    assertThat(findings.denied1m()).isPositive();
  }

  @Test
  void saysWhatWasFound() {
    assertThat(InterleavedCheck.inWords(new Result(39.94, 41.26, 1.004, 0.996)))
        .isEqualTo(
            "whole path over the store: allowed 39.9 ns, denied 41.3 ns; denied hits take 1.00"
                + " times an allowed one's time with 100 000 keys, 1.00 times with 1 000 000");
  }
}

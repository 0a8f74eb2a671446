package io.traffik.jmh.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.jmh.check.InterleavedCheck.Result;
import org.junit.jupiter.api.Test;

/**
 * The check measures all its figures with hits that get the expected answer. No duration is
 * asserted.
 */
final class InterleavedCheckTest {

  @Test
  void measuresThePathAndDenials() {
    Result result = InterleavedCheck.measure(3, 4_096, 100, 1_000);
    assertThat(result.allowedPath()).isFinite().isNotZero();
    assertThat(result.deniedPath()).isFinite().isNotZero();
    assertThat(result.denied100k()).isPositive();
    assertThat(result.denied1m()).isPositive();
  }

  @Test
  void describesTheResult() {
    assertThat(InterleavedCheck.summary(new Result(39.94, 41.26, 1.004, 0.996)))
        .isEqualTo(
            "Throttle beyond the store: allowed 39.9 ns, denied 41.3 ns. Denied hits take 1.00 times as long"
                + " as allowed ones with 100 000 keys, 1.00 times with 1 000 000");
  }
}

package io.traffik.jmh.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.jmh.check.SocketCheck.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both servers answer, and ratios are compared with the target. No duration is asserted. */
final class SocketCheckTest {

  @ParameterizedTest
  @EnumSource
  void everyServerAnswersWithAndWithoutAThrottle(EchoServer.Kind kind) throws Exception {
    Result result = SocketCheck.measure(kind, 1, 5);
    assertThat(result.plain()).isPositive();
    assertThat(result.throttled()).isPositive();
    assertThat(result.ratio()).isEqualTo(result.throttled() / result.plain());
  }

  @Test
  void theMedianOfThePairsIsHeldToTheTarget() {
    Result met = Result.of(new double[] {100, 200, 400}, new double[] {10, 190, 800});
    assertThat(met.ratio()).isEqualTo(0.95);
    assertThat(met.meetsTarget()).isTrue();
    assertThat(SocketCheck.summary("Some server", met)).endsWith("0.950 (target 0.95, met)");
    Result missed = Result.of(new double[] {100, 100}, new double[] {90, 98});
    assertThat(missed.ratio()).isEqualTo(0.94);
    assertThat(missed.meetsTarget()).isFalse();
    assertThat(SocketCheck.summary("Some server", missed)).endsWith("0.940 (target 0.95, missed)");
  }
}

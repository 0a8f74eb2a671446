package io.traffik.redis.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.spi.KeyEncoder;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PreparedPoliciesTest {

  private static final QuotaPolicy TWO_RATES =
      QuotaPolicy.of("api", List.of(Rate.of(3, Duration.ofSeconds(1)), Rate.perMinute(2)));

  private final PreparedPolicies policies =
      new PreparedPolicies(KeyEncoder.caseSensitive("app"), null);
  private final PreparedPolicy prepared = policies.of(TWO_RATES);

  @Test
  void b7_timesArePairsOfMicrosecondsAndNanoseconds() {
    assertThat(prepared.arguments(Operation.HIT, 2))
        .containsExactly("h", "1000000", "2", "666666", "668", "60000000", "0", "60000000", "0");
  }

  @Test
  void b12_aRefundIsLimitedToTheCapacity() {
    assertThat(prepared.arguments(Operation.REFUND, Long.MAX_VALUE))
        .containsExactly("r", "1000000", "2", "1000000", "2", "60000000", "0", "60000000", "0");
  }

  @Test
  void b5_aCostAboveTheCapacityIsSentAsAPeek() {
    assertThat(prepared.arguments(Operation.HIT, 3)[0]).isEqualTo("p");
    long[] margins = prepared.margins("0:0:0:0", Operation.HIT, 3);
    assertThat(margins).containsExactly(0, Margin.NEVER);
  }

  @Test
  void b4_theDeficitDeterminesTheWait() {
    long[] margins = prepared.margins("1000000:2:30000000:1", Operation.HIT, 1);
    assertThat(margins).containsExactly(-333_333_334, -1);
  }

  @Test
  void b4_theLongestReportedWaitIs140Years() {
    Rate rate = Rate.of(1, Duration.ofDays(365L * 140));
    PreparedPolicy prepared = policies.of(QuotaPolicy.of("api", List.of(rate)));
    // The deficit can exceed the capacity if the clock was set back.
    long micros = 2 * (rate.fillNanos() / 1_000);
    long margin = prepared.margin(micros + ":0", Operation.HIT, 1);
    assertThat(Duration.ofNanos(-margin)).isEqualTo(Duration.ofDays(51_135));
  }

  @Test
  void s5_anUnreadableAnswerIsAnError() {
    for (Object answer : List.of("", "0:0", "0:x:0:0", 0L, List.of(0L, 0L, 0L, 0L))) {
      assertThatThrownBy(() -> prepared.margins(answer, Operation.HIT, 1))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("two numbers for each of 2 rates, but got: " + answer);
    }
  }

  @Test
  void l4_theCacheOfPoliciesIsBounded() {
    for (int i = 0; i < 3 * PreparedPolicies.MAX_SIZE; i++) {
      policies.of(QuotaPolicy.of("api", List.of(Rate.perSecond(1))));
    }
    assertThat(policies.size()).isLessThanOrEqualTo(PreparedPolicies.MAX_SIZE);
    assertThat(policies.of(TWO_RATES)).isSameAs(policies.of(TWO_RATES));
  }
}

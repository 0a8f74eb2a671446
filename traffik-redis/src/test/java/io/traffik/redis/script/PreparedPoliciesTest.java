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
    assertThat(prepared.arguments(Operation.HIT, 2, 0))
        .containsExactly(
            "h",
            "1000000",
            "2",
            "666666",
            "668",
            "333333334", //
            "60000000",
            "0",
            "60000000",
            "0",
            "30000000000");
  }

  @Test
  void b13_thePatienceIsPartOfTheLimit() {
    assertThat(prepared.arguments(Operation.HIT, 1, 1_500))
        .containsExactly(
            "H",
            "1000001",
            "502",
            "333333",
            "334",
            "333333334",
            "1000000",
            "2", //
            "60000001",
            "500",
            "30000000",
            "0",
            "30000000000",
            "60000000",
            "0");
  }

  @Test
  void b13_aCancelledReservationMayProceedHalfATokenLater() {
    assertThat(prepared.arguments(Operation.REFUND, 1, 1_000))
        .containsExactly(
            "R",
            "1166667",
            "669",
            "333333",
            "334",
            "333333334",
            "1000000",
            "2", //
            "75000001",
            "0",
            "30000000",
            "0",
            "30000000000",
            "60000000",
            "0");
  }

  @Test
  void b14_theLimitOfASettlementIsTheMaximumDebt() {
    assertThat(prepared.arguments(Operation.SETTLE, 1, 3))
        .containsExactly(
            "S",
            "2000000",
            "4",
            "333333",
            "334",
            "333333334",
            "1000000",
            "2", //
            "150000000",
            "0",
            "30000000",
            "0",
            "30000000000",
            "60000000",
            "0");
  }

  @Test
  void b13_b14_largeNumbersAreLimitedTo140Years() {
    String years140 = "4418064000000000";
    assertThat(prepared.arguments(Operation.REFUND, Long.MAX_VALUE, 0)).contains(years140, "0");
    assertThat(prepared.arguments(Operation.SETTLE, Long.MAX_VALUE, Long.MAX_VALUE))
        .startsWith("S", years140, "0", years140, "0");
    assertThat(prepared.arguments(Operation.HIT, 1, Long.MAX_VALUE)).startsWith("H", years140, "0");
    assertThat(prepared.arguments(Operation.REFUND, 1, Long.MAX_VALUE))
        .startsWith("R", "4418064001166666", "669");
  }

  @Test
  void b5_b6_aHitThatTakesNothingIsSentAsAPeek() {
    assertThat(prepared.arguments(Operation.HIT, 3, 0)[0]).isEqualTo("p");
    assertThat(prepared.arguments(Operation.HIT, 0, 1)[0]).isEqualTo("P");
    assertThat(prepared.arguments(Operation.REFUND, 0, 1)[0]).isEqualTo("l");
    assertThat(prepared.arguments(Operation.SETTLE, 0, 1)[0]).isEqualTo("l");
    long[] margins = prepared.answers().decode("0:0:0:0", Operation.HIT, 3, 0);
    assertThat(margins).containsExactly(0, Margin.NEVER);
  }

  @Test
  void b4_theDebtDeterminesTheWait() {
    long[] margins = prepared.answers().decode("1000000:2:30000000:1", Operation.HIT, 1, 0);
    assertThat(margins).containsExactly(-333_333_334, -1);
  }

  @Test
  void b14_theAnswerToASettlementEndsWithTheUnpaidTokens() {
    // The first bucket may owe one token more, and the second all three.
    long[] settlement = prepared.answers().decode("2000000:4:30000000:0", Operation.SETTLE, 3, 4);
    assertThat(settlement).containsExactly(-1_333_333_336, -60_000_000_000L, 2);
  }

  @Test
  void b11_b14_aDebtThatCannotBeRepresentedLeavesAllTokensUnpaid() {
    long[] settlement =
        prepared.answers().decode("8836128000000000:0:30000000:0", Operation.SETTLE, 3, 4);
    assertThat(settlement).containsExactly(-Margin.MAX_NANOS, 30_000_000_000L, 3);
  }

  @Test
  void b4_theLongestReportedWaitIs140Years() {
    Rate rate = Rate.of(1, Duration.ofDays(365L * 140));
    PreparedPolicy prepared = policies.of(QuotaPolicy.of("api", List.of(rate)));
    for (String micros : List.of("8835920000000000", "8836128000000000", "9007199254740992")) {
      long margin = prepared.answers().margin(micros + ":0", Operation.HIT, 1);
      assertThat(Duration.ofNanos(-margin)).isEqualTo(Duration.ofDays(51_135));
    }
  }

  @Test
  void s5_anUnreadableAnswerIsAnError() {
    for (Object answer : List.of("", "0:0", "0:x:0:0", 0L, List.of(0L, 0L, 0L, 0L))) {
      assertThatThrownBy(() -> prepared.answers().decode(answer, Operation.HIT, 1, 0))
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

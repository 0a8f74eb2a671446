package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A throttle whose rate has changed keeps the debts of its clients, counted in tokens. */
class RateChangeTest {

  private static final Rate PER_HOUR = Rate.perHour(10);
  private static final Rate PER_SECOND = Rate.perSecond(10);
  private static final long HOUR_TOKEN = PER_HOUR.nanosPerToken();
  private static final long SECOND_TOKEN = PER_SECOND.nanosPerToken();

  private final SettableClock clock = new SettableClock();
  private final InMemoryBackend backend = InMemoryBackend.builder("test").clock(clock).build();

  /** With two versions live, each used to forgive the debts of the other. */
  @ParameterizedTest
  @CsvSource({
    "100/min, 100/min (capacity 20)",
    "100/min, 5/s",
    "100/h, 100/min",
    "10/s, 100/min",
    "100/h, 10/s (capacity 1)"
  })
  void b3_b11_twoLiveVersionsGrantNoMoreThanTheLargerOfEach(String one, String other) {
    Rate first = Rate.parse(one);
    Rate second = Rate.parse(other);
    long granted = 0;
    long attempts = 2_000;
    long step = 50_000_000;
    for (int i = 0; i < attempts; i++) {
      granted += decide(Operation.HIT, i % 2 == 0 ? first : second, 1) >= 0 ? 1 : 0;
      clock.advance(step);
    }
    long fastest = Math.min(first.nanosPerToken(), second.nanosPerToken());
    assertThat(granted)
        .isLessThanOrEqualTo(
            Math.max(first.capacity(), second.capacity()) + attempts * step / fastest);
  }

  @Test
  void b11_aRaisedRateHelpsAWaitingClientAtOnce() {
    decide(Operation.HIT, PER_HOUR, 10);
    long retryAfter = -decide(Operation.HIT, PER_SECOND, 1);
    assertThat(retryAfter).isEqualTo(SECOND_TOKEN);
    clock.advance(retryAfter - 1);
    assertThat(decide(Operation.HIT, PER_SECOND, 1)).isEqualTo(-1);
    clock.advance(1);
    assertThat(decide(Operation.HIT, PER_SECOND, 1)).isZero();
  }

  @Test
  void b11_aLoweredCapacityForgivesNothing() {
    Rate lowered = PER_SECOND.withCapacity(2);
    decide(Operation.HIT, PER_SECOND, 10);
    assertThat(decide(Operation.HIT, lowered, 1)).isEqualTo(-9 * SECOND_TOKEN);
    clock.advance(9 * SECOND_TOKEN);
    assertThat(decide(Operation.HIT, lowered, 1)).isZero();
  }

  /** A backend stores a bounded number of lists of rates. */
  @Test
  void b11_onlyOperationsThatWriteUseUpListsOfRates() {
    for (int i = 1; i <= 70_000; i++) {
      decide(i % 2 == 0 ? Operation.PEEK : Operation.REFUND, Rate.perDay(i), 1);
      decide(Operation.HIT, Rate.perDay(i), 0);
    }
    decide(Operation.HIT, PER_HOUR, 10);
    for (int i = 1; i <= 70_000; i++) {
      assertThat(decide(Operation.PEEK, Rate.perDay(i), i)).isNegative();
    }
    assertThat(decide(Operation.HIT, PER_SECOND, 1)).isEqualTo(-SECOND_TOKEN);
  }

  /** The wait that a denial states is exact, because the denial wrote its speed. */
  @Test
  void b4_b11_aDenialWritesTheSpeedAndAPeekDoesNot() {
    decide(Operation.HIT, PER_HOUR, 10);
    assertThat(decide(Operation.PEEK, PER_SECOND, 1)).isEqualTo(-SECOND_TOKEN);
    clock.advance(SECOND_TOKEN);
    assertThat(decide(Operation.PEEK, PER_HOUR, 1)).isEqualTo(SECOND_TOKEN - HOUR_TOKEN);
    decide(Operation.HIT, PER_SECOND, 1);
    clock.advance(SECOND_TOKEN);
    assertThat(decide(Operation.PEEK, PER_HOUR, 1)).isNotNegative();
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void b11_whatCostsNothingWritesNoSpeed(Operation operation) {
    decide(Operation.HIT, PER_HOUR, 10);
    backend.decide(call(operation, Policies.of("api", PER_SECOND), 0));
    backend.decide(call(Operation.HIT, Policies.of("api", PER_SECOND), 11));
    clock.advance(HOUR_TOKEN / 2);
    assertThat(decide(Operation.PEEK, PER_HOUR, 1)).isEqualTo(-HOUR_TOKEN / 2);
  }

  @Test
  void b11_ofSeveralRatesEachIsCarriedOver() {
    QuotaPolicy before = Policies.of("api", PER_HOUR, Rate.perDay(20));
    QuotaPolicy after = Policies.of("api", PER_SECOND, Rate.perSecond(20));
    backend.decide(call(Operation.HIT, before, 10));
    assertThat(backend.decide(call(Operation.HIT, after, 1)))
        .containsExactly(-SECOND_TOKEN, 9 * SECOND_TOKEN / 2);
    clock.advance(SECOND_TOKEN);
    assertThat(backend.decide(call(Operation.HIT, after, 1)))
        .containsExactly(0, 11 * SECOND_TOKEN / 2);
  }

  @Test
  void b11_aRateThatIsAddedOrDroppedLeavesTheOthersAsTheyAre() {
    QuotaPolicy one = Policies.of("api", PER_HOUR);
    QuotaPolicy two = Policies.of("api", PER_HOUR, Rate.perDay(20));
    decide(Operation.HIT, PER_HOUR, 8);
    assertThat(backend.decide(call(Operation.PEEK, two, 0)))
        .containsExactly(2 * HOUR_TOKEN, two.rate(1).fillNanos());
    backend.decide(call(Operation.HIT, two, 2));
    assertThat(backend.decideSingle(Operation.HIT, one, "client", "", 1, 0)).isEqualTo(-HOUR_TOKEN);
    clock.advance(HOUR_TOKEN);
    assertThat(backend.decideSingle(Operation.HIT, one, "client", "", 1, 0)).isZero();
  }

  /** A place beyond the policy's own keeps its speed and its debt. */
  @Test
  void b11_aChangedRateLeavesThePlacesThatItsPolicyLacks() {
    Rate perDay = Rate.perDay(20);
    QuotaPolicy two = Policies.of("api", PER_HOUR, perDay);
    backend.decide(call(Operation.HIT, two, 10));
    decide(Operation.HIT, PER_SECOND, 1);
    clock.advance(2 * SECOND_TOKEN);
    assertThat(decide(Operation.HIT, PER_SECOND, 1)).isEqualTo(SECOND_TOKEN);
    assertThat(backend.decide(call(Operation.PEEK, two, 0)))
        .containsExactly(
            PER_HOUR.fillNanos() - 9 * HOUR_TOKEN,
            perDay.fillNanos() - 10 * perDay.nanosPerToken() + 2 * SECOND_TOKEN);
    assertThat(backend.size()).isEqualTo(1);
  }

  /** Ten tokens that refill in a nanosecond each would take more than 140 years at 20 years. */
  @Test
  void b11_aDebtThatIsTooLargeAtTheNewSpeedIsDeniedAndKept() {
    Rate fast = Rate.of(10, Duration.ofNanos(10));
    Rate slow = Rate.of(7, Duration.ofDays(140 * 365));
    decide(Operation.HIT, fast, 10);
    assertThat(decide(Operation.HIT, slow, 1)).isEqualTo(-4);
    assertThat(decide(Operation.REFUND, slow, 5)).isEqualTo(-Margin.MAX_NANOS);
    assertThat(backend.decide(call(Operation.SETTLE, Policies.of("api", slow), 5)))
        .containsExactly(-Margin.MAX_NANOS, 5);
    assertThat(decide(Operation.PEEK, fast, 0)).isZero();
    clock.advance(4);
    assertThat(decide(Operation.HIT, slow, 1)).isZero();
  }

  private long decide(Operation operation, Rate rate, long cost) {
    return backend.decideSingle(operation, Policies.of("api", rate), "client", "", cost, 0);
  }

  private static BackendCall call(Operation operation, QuotaPolicy policy, long cost) {
    return new BackendCall(operation, policy, "client", "", cost);
  }
}

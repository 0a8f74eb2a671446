package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.ExactBucket;
import io.traffik.bucket.HistoryStep;
import io.traffik.bucket.Rates;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A throttle whose rate has changed keeps the buckets of its clients. */
class RateChangeTest {

  private final SettableClock clock = new SettableClock();
  private final InMemoryBackend backend = InMemoryBackend.builder("test").clock(clock).build();

  @Provide
  Arbitrary<Rate> rates() {
    return Rates.any();
  }

  @Provide
  Arbitrary<List<HistoryStep>> histories() {
    return HistoryStep.histories();
  }

  @Property
  void b11_changesInMidHistoryAreDecidedAsTheExactModelDoes(
      @ForAll("rates") Rate first,
      @ForAll("rates") Rate second,
      @ForAll("histories") List<HistoryStep> history) {
    SettableClock time = new SettableClock();
    InMemoryBackend fresh = InMemoryBackend.builder("test").clock(time).build();
    ExactBucket model = ExactBucket.atAppliedRate(first, 0);
    Rate rate = first;
    long now = 0;
    long margin = 0;
    for (HistoryStep step : history) {
      now = step.after(now, rate, margin);
      time.set(now);
      model.advanceTo(now);
      rate = step.which() % 4 == 0 ? second : first;
      model.changeTo(rate);
      long cost = Math.min(step.tokens(rate), rate.capacity());
      QuotaPolicy policy = Policies.of("api", rate);
      margin = fresh.decideSingle(step.operation(), policy, "client", "", cost, 0);
      if (step.operation() == Operation.REFUND) {
        model.refund(cost);
        assertThat(margin).isEqualTo(model.margin(0));
      } else {
        assertThat(margin).as("%s of %s", cost, model).isEqualTo(model.margin(cost));
        if (step.operation() == Operation.HIT && model.allows(cost)) {
          model.take(cost);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Operation.class,
      names = {"HIT", "PEEK"})
  void b2_b11_aDenialCarriesTheBucketOverSoThatItRefillsAtTheNewRate(Operation operation) {
    Rate perHour = Rate.perHour(10);
    Rate perSecond = Rate.perSecond(10);
    decide(Operation.HIT, perHour, 10);
    long retryAfter = -decide(operation, perSecond, 1);
    assertThat(retryAfter).isEqualTo(100_000_000);
    clock.advance(retryAfter);
    assertThat(decide(Operation.HIT, perSecond, 1)).isZero();
  }

  @Test
  void b11_ofSeveralRatesEachIsCarriedOver() {
    QuotaPolicy before = Policies.of("api", Rate.perHour(10), Rate.perDay(20));
    QuotaPolicy after = Policies.of("api", Rate.perSecond(10), Rate.perSecond(20));
    backend.decide(new BackendCall(Operation.HIT, before, "client", "", 10));
    assertThat(backend.decide(new BackendCall(Operation.HIT, after, "client", "", 1)))
        .containsExactly(-100_000_000, -50_000_000);
    clock.advance(100_000_000);
    assertThat(backend.decide(new BackendCall(Operation.HIT, after, "client", "", 1)))
        .containsExactly(0, 50_000_000);
  }

  @Test
  void b11_aRateThatIsAddedOrDroppedLeavesTheOthersAsTheyAre() {
    Rate perHour = Rate.perHour(10);
    QuotaPolicy one = Policies.of("api", perHour);
    QuotaPolicy two = Policies.of("api", perHour, Rate.perDay(20));
    long token = perHour.nanosPerToken();
    backend.decideSingle(Operation.HIT, one, "client", "", 8, 0);
    assertThat(backend.decide(new BackendCall(Operation.PEEK, two, "client", "", 0)))
        .containsExactly(2 * token, two.rate(1).fillNanos());
    backend.decide(new BackendCall(Operation.HIT, two, "client", "", 2));
    assertThat(backend.decideSingle(Operation.HIT, one, "client", "", 1, 0)).isEqualTo(-token);
    clock.advance(token);
    assertThat(backend.decideSingle(Operation.HIT, one, "client", "", 1, 0)).isZero();
  }

  private long decide(Operation operation, Rate rate, long cost) {
    return backend.decideSingle(operation, Policies.of("api", rate), "client", "", cost, 0);
  }
}

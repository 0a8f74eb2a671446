package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.traffik.Decision;
import io.traffik.Decision.Quota;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.bucket.ExactBucket;
import io.traffik.bucket.HistoryStep;
import io.traffik.bucket.RateArbitraries;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The rules as a user of a throttle observes them. */
class ThrottledInMemoryTest {

  private static final ClientRequest CLIENT = new ClientRequest("192.0.2.1");

  private final SettableClock clock = new SettableClock();
  private final InMemoryBackend backend = InMemoryBackend.builder("test").clock(clock).build();

  @Provide
  Arbitrary<Rate> rates() {
    return RateArbitraries.any();
  }

  @Provide
  Arbitrary<List<HistoryStep>> histories() {
    return HistoryStep.histories();
  }

  @Property
  void b2_b4_b5_b12_aThrottleDecidesAsTheExactModelDoes(
      @ForAll("rates") Rate rate, @ForAll("histories") List<HistoryStep> history) {
    SettableClock time = new SettableClock();
    InMemoryBackend fresh = InMemoryBackend.builder("test").clock(time).build();
    Throttle throttle = Throttle.builder("api").rate(rate).backend(fresh).build();
    ExactBucket model = ExactBucket.atAppliedRate(rate, 0);
    long now = 0;
    long margin = 0;
    for (HistoryStep step : history) {
      now = step.after(now, rate, margin);
      time.set(now);
      model.advanceTo(now);
      long cost = step.tokens(rate);
      Decision decision =
          switch (step.operation()) {
            case HIT -> throttle.hit(CLIENT, cost);
            case PEEK -> throttle.peek(CLIENT, cost);
            case REFUND -> throttle.refund(CLIENT, cost);
            case SETTLE -> throw new IllegalStateException("not in these histories");
          };
      boolean allowed = true;
      switch (step.operation()) {
        case SETTLE -> throw new IllegalStateException("not in these histories");
        case REFUND -> model.refund(cost);
        case PEEK -> allowed = model.allows(cost);
        case HIT -> {
          allowed = model.allows(cost);
          if (allowed) {
            model.take(cost);
          }
        }
      }
      boolean impossible = !allowed && model.canNever(cost);
      margin = allowed || impossible ? 0 : model.margin(cost);
      assertThat(decision.allowed()).isEqualTo(allowed);
      assertThat(decision.impossible()).isEqualTo(impossible);
      assertThat(decision.retryAfter().map(Duration::toNanos).orElse(0L)).isEqualTo(-margin);
      assertThat(decision.remaining()).isEqualTo(model.tokens().floor().longValueExact());
      assertThat(decision.resetAfter().toNanos()).isEqualTo(rate.fillNanos() - model.margin(0));
    }
  }

  @Test
  void b5_impossibleWinsOverNotYet() {
    Throttle throttle = throttle("10/h", "3/min");
    assertThat(throttle.hit(CLIENT, 3).allowed()).isTrue();
    Decision notYet = throttle.hit(CLIENT, 3);
    assertThat(notYet.denied()).isTrue();
    assertThat(notYet.impossible()).isFalse();
    assertThat(notYet.retryAfter()).isPresent();
    Decision never = throttle.hit(CLIENT, 4);
    assertThat(never.denied()).isTrue();
    assertThat(never.impossible()).isTrue();
    assertThat(never.retryAfter()).isEmpty();
    assertThat(never.rate()).isEqualTo(Rate.perMinute(3));
    assertThat(throttle.hit(CLIENT, Long.MAX_VALUE).impossible()).isTrue();
  }

  @Test
  void b6_aFreeHitIsAllowedAndANegativeCostRefused() {
    Throttle throttle = throttle("2/h");
    assertThat(throttle.hit(CLIENT, 2).allowed()).isTrue();
    assertThat(throttle.hit(CLIENT, 0).allowed()).isTrue();
    assertThat(throttle.hit(CLIENT).denied()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> throttle.hit(CLIENT, -1))
        .withMessage("cost must be at least 0: -1");
  }

  @Test
  void b9_severalRatesAreDecidedTogetherAndTheDecisionNamesTheOneThatDenied() {
    Throttle throttle = throttle("5/s", "8/min");
    assertThat(throttle.hit(CLIENT, 5).remaining()).isZero();
    Decision bySecond = throttle.hit(CLIENT, 3);
    assertThat(bySecond.rate()).isEqualTo(Rate.perSecond(5));
    assertThat(bySecond.retryAfter()).contains(Duration.ofMillis(600));
    clock.advance(Duration.ofMillis(600));
    // The denied hit was charged to neither: 3 are left of each.
    assertThat(throttle.peek(CLIENT).quotas()).extracting(Quota::remaining).containsExactly(3L, 3L);
    assertThat(throttle.hit(CLIENT, 3).allowed()).isTrue();
    clock.advance(Duration.ofSeconds(1));
    Decision byMinute = throttle.hit(CLIENT, 5);
    assertThat(byMinute.rate()).isEqualTo(Rate.perMinute(8));
    // 5 tokens of 7.5 s, less the 1.6 s that have refilled.
    assertThat(byMinute.retryAfter()).contains(Duration.ofMillis(35_900));
    assertThat(byMinute.remaining()).isZero();
    assertThat(throttle.peek(CLIENT).quotas()).extracting(Quota::remaining).containsExactly(5L, 0L);
    clock.advance(Duration.ofMillis(35_900).minusNanos(1));
    assertThat(throttle.hit(CLIENT, 5).denied()).isTrue();
    clock.advance(1);
    assertThat(throttle.hit(CLIENT, 5).allowed()).isTrue();
  }

  @Test
  void b12_peekTellsWhatIsThereBeforeTheHitAndRefundGivesBack() {
    Throttle throttle = throttle("5/h", "9/h");
    assertThat(throttle.peek(CLIENT, 2).remaining()).isEqualTo(5);
    assertThat(throttle.hit(CLIENT, 4).remaining()).isEqualTo(1);
    assertThat(throttle.peek(CLIENT, 2).denied()).isTrue();
    assertThat(throttle.refund(CLIENT, 4).remaining()).isEqualTo(5);
    assertThat(throttle.refund(CLIENT, 100).quotas())
        .extracting(Quota::remaining)
        .containsExactly(5L, 9L);
  }

  private Throttle throttle(String... rates) {
    var builder = Throttle.builder("api").backend(backend);
    for (String rate : rates) {
      builder.rate(rate);
    }
    return builder.build();
  }
}

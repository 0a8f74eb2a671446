package io.traffik.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Margin;
import io.traffik.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ExpectationTest {

  private static final Rate SLOW = Rate.of(65, Duration.ofDays(365 * 139));
  private static final Rate FAST = Rate.perSecond(1_000_000_000);

  private final ManualClock clock = new ManualClock();
  private final Time time = new MovedTime(clock, 1_000);
  private final Expectation expectation = new Expectation();

  /** Of a backend that leaves it to the next hit to carry a bucket over, as it may. */
  @Test
  void b11_allowsNoMoreThanTheRoundingHoweverOftenTheRateChanges() {
    long fullAt = TokenBucket.afterHit(time.now(), SLOW, 65);
    settle(Operation.HIT, SLOW, 65, 0);
    for (int change = 0; change < 40; change++) {
      time.pass(1);
      expectation.changeFrom(SLOW, time);
      answer(Operation.PEEK, FAST, 86, fullAt);
      expectation.changeFrom(FAST, time);
      answer(Operation.REFUND, SLOW, 0, fullAt);
    }
    Spread spread = expectation.spread(asked(Operation.PEEK, 0), SLOW, time);
    assertThat(spread.most() - spread.least()).isLessThan(SLOW.nanosPerToken());
  }

  private void answer(Operation operation, Rate rate, long cost, long fullAt) {
    long carried = TokenBucket.carried(fullAt, time.now(), rate);
    long margin = TokenBucket.margin(carried, time.now(), rate, cost);
    assertThat(expectation.spread(asked(operation, cost), rate, time).contains(margin)).isTrue();
    settle(operation, rate, cost, margin);
  }

  private void settle(Operation operation, Rate rate, long cost, long margin) {
    expectation.settle(
        asked(operation, cost), rate, margin, Margin.areGranted(new long[] {margin}));
  }

  private Asked asked(Operation operation, long cost) {
    return new Asked(operation, cost, time.now(), time.now());
  }
}

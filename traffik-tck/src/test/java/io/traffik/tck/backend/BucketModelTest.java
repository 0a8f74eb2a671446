package io.traffik.tck.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.Margin;
import io.traffik.tck.ManualClock;
import java.time.Duration;
import java.util.HashMap;
import org.junit.jupiter.api.Test;

final class BucketModelTest {

  private static final Rate SLOW = Rate.of(65, Duration.ofDays(365 * 139));
  private static final Rate FAST = Rate.perSecond(1_000_000_000);

  private final ManualClock clock = new ManualClock();
  private final TestTime time = new SimulatedTime(clock, 1_000);
  private final BucketModel expectation = new BucketModel();

  /** Of a backend that leaves it to the next hit to carry a bucket over, as it may. */
  @Test
  void b11_theToleranceDoesNotGrowWithTheNumberOfChanges() {
    long fullAt = TokenBucket.afterHit(time.now(), SLOW, 65);
    recordMargin(Operation.HIT, SLOW, 65, 0);
    for (int change = 0; change < 40; change++) {
      time.elapse(1);
      expectation.rateChanged(SLOW, time);
      answer(Operation.PEEK, FAST, 86, fullAt);
      expectation.rateChanged(FAST, time);
      answer(Operation.REFUND, SLOW, 0, fullAt);
    }
    MarginRange expectedMargins = expectation.expectedMargins(asked(Operation.PEEK, 0), SLOW, time);
    assertThat(expectedMargins.max() - expectedMargins.min()).isLessThan(SLOW.nanosPerToken());
  }

  /** The same where all that changes is between rates that cannot lack what is missing. */
  @Test
  void b11_theToleranceIsThatOfTheRatesCapacity() {
    long fullAt = TokenBucket.afterHit(time.now(), SLOW, 33);
    recordMargin(Operation.HIT, SLOW, 33, 32 * SLOW.nanosPerToken());
    Rate last = SLOW;
    for (int change = 0; change < 40; change++) {
      Rate next = FAST.withCapacity(1_000 + change);
      expectation.rateChanged(last, time);
      answer(Operation.PEEK, next, 0, fullAt);
      last = next;
    }
    expectation.rateChanged(last, time);
    assertThat(expectation.expectedMargins(asked(Operation.PEEK, 0), SLOW, time).min())
        .isBetween(31 * SLOW.nanosPerToken(), 32 * SLOW.nanosPerToken());
  }

  private void answer(Operation operation, Rate rate, long cost, long fullAt) {
    long carried = TokenBucket.carried(fullAt, time.now(), rate);
    long margin = TokenBucket.margin(carried, time.now(), rate, cost);
    assertThat(expectation.expectedMargins(asked(operation, cost), rate, time).contains(margin))
        .isTrue();
    recordMargin(operation, rate, cost, margin);
  }

  private void recordMargin(Operation operation, Rate rate, long cost, long margin) {
    expectation.recordMargin(
        asked(operation, cost), rate, margin, Margin.areGranted(new long[] {margin}));
  }

  private TimedCall asked(Operation operation, long cost) {
    return new TimedCall(operation, cost, time.now(), time.now());
  }

  /**
   * The last rate has to reckon with what the first one left, and a backend that counts in tokens
   * rounds that by up to a thousandth; the rate in between, which fills in no time, never had it.
   */
  @Test
  void b11_toleratesTheRoundingOfASkippedChange() {
    BucketOracle client = coarse(Rate.perSecond(2));
    client.hit(1);
    client.change(Rate.perSecond(500_000).withCapacity(1));
    client.peek(0);
    client.change(Rate.perSecond(999_999));
    client.hit(1);
  }

  /** The same where no other rate comes, but time until the bucket can lack so much. */
  @Test
  void b11_toleratesTheRoundingOfALateChange() {
    BucketOracle client = coarse(Rate.perSecond(2).withCapacity(3));
    client.hit(3);
    client.change(Rate.perSecond(999_999));
    client.peek(0);
    time.elapse(Duration.ofMillis(600).toNanos());
    client.hit(1);
  }

  /** Each token is a nanosecond, of which some thousands may be lost to the grain. */
  @Test
  void b7_toleratesAThousandthAtAnyRate() {
    recordMargin(Operation.HIT, FAST, FAST.capacity(), 0);
    time.elapse(FAST.fillNanos() / 2);
    MarginRange expectedMargins = expectation.expectedMargins(asked(Operation.PEEK, 0), FAST, time);
    assertThat(expectedMargins.max() - expectedMargins.min()).isLessThan(FAST.fillNanos() / 100);
  }

  private BucketOracle coarse(Rate rate) {
    Backend backend = new CoarseBackend("test", new SharedStore(clock), new HashMap<>());
    return new BucketOracle(backend, time, BackendFixture.policy(rate), "client").exact();
  }
}

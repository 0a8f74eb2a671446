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
  private final BucketModel model = new BucketModel();

  /** A backend may leave it to the next hit to adapt a bucket to a changed rate. */
  @Test
  void b11_theToleranceDoesNotGrowWithTheNumberOfChanges() {
    long fullAt = TokenBucket.afterHit(time.now(), SLOW, 65);
    recordMargin(Operation.HIT, SLOW, 65, 0);
    for (int change = 0; change < 40; change++) {
      time.elapse(1);
      model.rateChanged(SLOW, time);
      checkAndRecord(Operation.PEEK, FAST, 86, fullAt);
      model.rateChanged(FAST, time);
      checkAndRecord(Operation.REFUND, SLOW, 0, fullAt);
    }
    MarginRange expectedMargins = model.expectedMargins(timedCall(Operation.PEEK, 0), SLOW, time);
    assertThat(expectedMargins.max() - expectedMargins.min()).isLessThan(SLOW.nanosPerToken());
  }

  /** The rates in between have capacities below the missing tokens. */
  @Test
  void b11_theToleranceIsThatOfTheRatesCapacity() {
    long fullAt = TokenBucket.afterHit(time.now(), SLOW, 33);
    recordMargin(Operation.HIT, SLOW, 33, 32 * SLOW.nanosPerToken());
    Rate last = SLOW;
    for (int change = 0; change < 40; change++) {
      Rate next = FAST.withCapacity(1_000 + change);
      model.rateChanged(last, time);
      checkAndRecord(Operation.PEEK, next, 0, fullAt);
      last = next;
    }
    model.rateChanged(last, time);
    assertThat(model.expectedMargins(timedCall(Operation.PEEK, 0), SLOW, time).min())
        .isBetween(31 * SLOW.nanosPerToken(), 32 * SLOW.nanosPerToken());
  }

  private void checkAndRecord(Operation operation, Rate rate, long cost, long fullAt) {
    long carried = TokenBucket.carried(fullAt, time.now(), rate);
    long margin = TokenBucket.margin(carried, time.now(), rate, cost);
    assertThat(model.expectedMargins(timedCall(operation, cost), rate, time).contains(margin))
        .isTrue();
    recordMargin(operation, rate, cost, margin);
  }

  private void recordMargin(Operation operation, Rate rate, long cost, long margin) {
    model.recordMargin(
        timedCall(operation, cost), rate, margin, Margin.areGranted(new long[] {margin}));
  }

  private TimedCall timedCall(Operation operation, long cost) {
    return new TimedCall(operation, cost, time.now(), time.now());
  }

  /**
   * The last rate depends on what the first one left, and a backend that counts tokens may round
   * that by up to a thousandth. The bucket was never adapted to the rate in between.
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

  /** The rate stays the same, and time elapses until the bucket can lack that many tokens. */
  @Test
  void b11_toleratesTheRoundingOfALateChange() {
    BucketOracle client = coarse(Rate.perSecond(2).withCapacity(3));
    client.hit(3);
    client.change(Rate.perSecond(999_999));
    client.peek(0);
    time.elapse(Duration.ofMillis(600).toNanos());
    client.hit(1);
  }

  /** A token refills per nanosecond, so the clock's resolution hides some thousand tokens. */
  @Test
  void b7_toleratesAThousandthAtAnyRate() {
    recordMargin(Operation.HIT, FAST, FAST.capacity(), 0);
    time.elapse(FAST.fillNanos() / 2);
    MarginRange expectedMargins = model.expectedMargins(timedCall(Operation.PEEK, 0), FAST, time);
    assertThat(expectedMargins.max() - expectedMargins.min()).isLessThan(FAST.fillNanos() / 100);
  }

  private BucketOracle coarse(Rate rate) {
    Backend backend = new CoarseBackend("test", new SharedStore(clock), new HashMap<>());
    return new BucketOracle(backend, time, BackendFixture.policy(rate), "client").exact();
  }
}

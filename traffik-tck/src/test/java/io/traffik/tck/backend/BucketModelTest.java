package io.traffik.tck.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.tck.ManualClock;
import java.time.Duration;
import java.util.HashMap;
import org.junit.jupiter.api.Test;

final class BucketModelTest {

  private static final Rate SLOW = Rate.of(65, Duration.ofDays(365 * 139));
  private static final Rate FAST = Rate.perSecond(1_000_000_000);

  private final ManualClock clock = new ManualClock();
  private final TestTime time = new SimulatedTime(clock, 1_000);
  private final BucketModel model = new BucketModel(SLOW);

  @Test
  void b11_callsThatTakeNothingDoNotWidenTheRange() {
    long fullAt = time.now() + SLOW.fillNanos();
    recordMargin(Operation.HIT, SLOW, 65, 0);
    for (int call = 0; call < 40; call++) {
      time.elapse(1);
      checkAndRecord(Operation.PEEK, FAST, 86, fullAt);
      checkAndRecord(Operation.REFUND, SLOW, 0, fullAt);
    }
    MarginRange expected = expectedMargins(Operation.PEEK, SLOW, 0);
    assertThat(expected.max() - expected.min()).isLessThan(SLOW.nanosPerToken());
  }

  @Test
  void b11_theToleranceDoesNotGrowWithTheNumberOfChanges() {
    Rate one = Rate.perSecond(10);
    Rate other = Rate.perSecond(30).withCapacity(10);
    long fullAt = time.now() + one.fillNanos();
    recordMargin(Operation.HIT, one, 10, 0);
    for (int change = 0; change < 40; change++) {
      Rate before = change % 2 == 0 ? one : other;
      Rate rate = change % 2 == 0 ? other : one;
      fullAt = TokenBucket.carried(fullAt, before.nanosPerToken(), time.now(), rate);
      long margin = TokenBucket.margin(fullAt, time.now(), rate, 10);
      assertThat(expectedMargins(Operation.HIT, rate, 10).contains(margin)).isTrue();
      model.recordMargin(timedCall(Operation.HIT, 10), rate, margin, false);
    }
    MarginRange expected = expectedMargins(Operation.PEEK, one, 0);
    assertThat(expected.max() - expected.min()).isLessThan(50_000);
  }

  private MarginRange expectedMargins(Operation operation, Rate rate, long cost) {
    TimedCall call = timedCall(operation, cost);
    boolean granted = model.most(call, rate, time).grants(call);
    return model.expectedMargins(call, rate, Outcome.of(granted), time);
  }

  private void checkAndRecord(Operation operation, Rate rate, long cost, long fullAt) {
    long carried = TokenBucket.carried(fullAt, SLOW.nanosPerToken(), time.now(), rate);
    long margin = TokenBucket.margin(carried, time.now(), rate, cost);
    assertThat(expectedMargins(operation, rate, cost).contains(margin)).isTrue();
    recordMargin(operation, rate, cost, margin);
  }

  private void recordMargin(Operation operation, Rate rate, long cost, long margin) {
    model.recordMargin(timedCall(operation, cost), rate, margin, margin >= 0);
  }

  private TimedCall timedCall(Operation operation, long cost) {
    return new TimedCall(operation, cost, 0, time.now(), time.now());
  }

  /** A backend that counts tokens in coarse units may round them at each change of the speed. */
  @Test
  void b11_toleratesTheRoundingOfEachChange() {
    BucketOracle client = coarse(Rate.perSecond(2));
    client.hit(2);
    client.change(Rate.perSecond(500_000).withCapacity(1));
    client.hit(1);
    client.change(Rate.perSecond(999_999));
    client.peek(0);
    client.hit(999_999);
    client.change(Rate.perSecond(2).withCapacity(3));
    client.hit(1);
  }

  /** A token refills per nanosecond, so the clock's resolution hides some thousand tokens. */
  @Test
  void b7_toleratesAThousandthAtAnyRate() {
    recordMargin(Operation.HIT, FAST, FAST.capacity(), 0);
    time.elapse(FAST.fillNanos() / 2);
    MarginRange expected = expectedMargins(Operation.PEEK, FAST, 0);
    assertThat(expected.max() - expected.min()).isLessThan(FAST.fillNanos() / 100);
  }

  private BucketOracle coarse(Rate rate) {
    Backend backend = new CoarseBackend("test", new SharedStore(clock), new HashMap<>());
    return new BucketOracle(backend, time, BackendFixture.policy(rate), "client").exact();
  }
}

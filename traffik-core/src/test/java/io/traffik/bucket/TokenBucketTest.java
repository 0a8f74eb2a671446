package io.traffik.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The rules by example, at ten tokens per ten nanoseconds: one token per nanosecond. */
class TokenBucketTest {

  private static final Rate TEN = Rate.of(10, Duration.ofNanos(10));

  private final Bucket bucket = new Bucket();

  @Test
  void b1_startsFullRefillsContinuouslyAndHoldsNoMoreThanTheCapacity() {
    assertThat(bucket.peek(0, TEN, 0)).isEqualTo(10);
    assertThat(bucket.hit(0, TEN, 10)).isTrue();
    assertThat(bucket.peek(0, TEN, 0)).isZero();
    assertThat(bucket.peek(3, TEN, 0)).isEqualTo(3);
    assertThat(bucket.peek(10, TEN, 0)).isEqualTo(10);
    assertThat(bucket.peek(1_000, TEN, 0)).isEqualTo(10);
  }

  @Test
  void b1_theCapacityIsTheOneThatWasChosen() {
    assertThat(bucket.hit(0, TEN.withCapacity(15), 15)).isTrue();
    assertThat(bucket.hit(0, TEN.withCapacity(15), 1)).isFalse();
    assertThat(bucket.peek(1_000, TEN.withCapacity(15), 0)).isEqualTo(15);
    Bucket small = new Bucket();
    assertThat(small.hit(0, TEN.withCapacity(4), 4)).isTrue();
    assertThat(small.peek(1_000, TEN.withCapacity(4), 0)).isEqualTo(4);
  }

  @Test
  void b2_aDeniedHitTakesNothing() {
    assertThat(bucket.hit(0, TEN, 8)).isTrue();
    assertThat(bucket.hit(0, TEN, 3)).isFalse();
    assertThat(bucket.hit(0, TEN, 2)).isTrue();
  }

  @Test
  void b6_aFreeHitIsAllowedOnAnEmptyBucketAndTakesNothing() {
    assertThat(bucket.hit(0, TEN, 10)).isTrue();
    assertThat(bucket.hit(0, TEN, 0)).isTrue();
    assertThat(bucket.peek(1, TEN, 0)).isEqualTo(1);
  }

  @Test
  void b11_aShorterPeriodEmptiesAtMostTheNewCapacity() {
    Rate perHour = Rate.perHour(10);
    Rate perSecond = Rate.perSecond(10);
    assertThat(bucket.hit(0, perHour, 10)).isTrue();
    // One hour is missing, more than the new capacity: the bucket starts empty and refills.
    assertThat(bucket.decide(Operation.HIT, 0, perSecond, 1)).isEqualTo(-100_000_000);
    assertThat(bucket.hit(100_000_000, perSecond, 1)).isTrue();
  }

  @Test
  void b11_aLongerPeriodKeepsTheInstantOfBeingFull() {
    Rate perSecond = Rate.perSecond(10);
    Rate perMinute = Rate.perMinute(10);
    assertThat(bucket.hit(0, perSecond, 10)).isTrue();
    // Full in one second as before, which is a sixth of a token of six seconds.
    assertThat(bucket.hit(0, perMinute, 9)).isTrue();
    assertThat(bucket.decide(Operation.HIT, 0, perMinute, 1)).isEqualTo(-1_000_000_000);
  }

  @Test
  void b11_aLargerCapacityIsThereAtOnceSaveForWhatIsMissing() {
    assertThat(bucket.hit(0, TEN, 10)).isTrue();
    assertThat(bucket.peek(0, TEN.withCapacity(15), 0)).isEqualTo(5);
  }

  @Test
  void b11_aSmallerCapacityIsAllThatIsMissing() {
    assertThat(bucket.hit(0, TEN, 10)).isTrue();
    assertThat(bucket.hit(0, TEN.withCapacity(4), 1)).isFalse();
    assertThat(bucket.hit(4, TEN.withCapacity(4), 4)).isTrue();
  }

  @Test
  void b12_aRefundNeverFillsAboveTheCapacity() {
    assertThat(bucket.hit(0, TEN, 3)).isTrue();
    assertThat(bucket.decide(Operation.REFUND, 0, TEN, 2)).isEqualTo(9);
    assertThat(bucket.decide(Operation.REFUND, 0, TEN, 9)).isEqualTo(10);
    assertThat(bucket.decide(Operation.REFUND, 5, TEN, Long.MAX_VALUE)).isEqualTo(10);
    assertThat(bucket.hit(5, TEN, 11)).isFalse();
  }
}

package io.traffik.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The rules by example: ten tokens per ten nanoseconds, so one token takes one nanosecond. */
class TokenBucketTest {

  private static final Rate TEN = Rate.of(10, Duration.ofNanos(10));

  private final TestBuckets bucket = new TestBuckets();

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
    TestBuckets small = new TestBuckets();
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
  void b6_aHitOfCostZeroIsGrantedByAnEmptyBucketAndTakesNothing() {
    assertThat(bucket.hit(0, TEN, 10)).isTrue();
    assertThat(bucket.hit(0, TEN, 0)).isTrue();
    assertThat(bucket.peek(1, TEN, 0)).isEqualTo(1);
  }

  @Test
  void b6_b11_aHitOfCostZeroIsGrantedByABucketThatOwesAndWritesNoSpeed() {
    assertThat(bucket.hit(0, TEN, 10)).isTrue();
    Rate slow = Rate.of(1, Duration.ofNanos(10));
    assertThat(bucket.hit(0, slow, 0, 0)).isEqualTo(-90);
    assertThat(bucket.granted()).isTrue();
    assertThat(bucket.peek(10, TEN, 0)).isEqualTo(10);
  }

  @Test
  void b11_missingTokensStayMissingAndRefillAtTheNewSpeed() {
    Rate perHour = Rate.perHour(10);
    Rate perSecond = Rate.perSecond(10);
    assertThat(bucket.hit(0, perHour, 10)).isTrue();
    assertThat(bucket.hit(0, perSecond, 1, 0)).isEqualTo(-100_000_000);
    assertThat(bucket.hit(100_000_000, perSecond, 1)).isTrue();
    assertThat(bucket.peek(100_000_000, perHour, 1)).isEqualTo(-perHour.nanosPerToken());
  }

  /** A client at the end of its debt does not wait for the old speed. */
  @Test
  void b11_aRaisedRateHelpsAtOnce() {
    assertThat(bucket.hit(0, Rate.perDay(10), 10)).isTrue();
    assertThat(bucket.peek(0, Rate.perSecond(10), 1)).isEqualTo(-100_000_000);
    assertThat(bucket.peek(0, Rate.perDay(20).withCapacity(10), 1))
        .isEqualTo(-Rate.perDay(20).nanosPerToken());
  }

  @Test
  void b11_eachTakeoverRoundsUpToAWholeNanosecond() {
    Rate three = Rate.of(1, Duration.ofNanos(3)).withCapacity(10);
    Rate seven = Rate.of(1, Duration.ofNanos(7)).withCapacity(10);
    assertThat(bucket.hit(0, three, 1)).isTrue();
    // One nanosecond is a third of a token, which takes 2⅓ nanoseconds at the other speed.
    assertThat(bucket.peek(2, seven, 0)).isEqualTo(70 - 3);
  }

  @Test
  void b11_aLargerCapacityIsAvailableAtOnceExceptForMissingTokens() {
    assertThat(bucket.hit(0, TEN, 10)).isTrue();
    assertThat(bucket.peek(0, TEN.withCapacity(15), 0)).isEqualTo(5);
  }

  @Test
  void b11_aSmallerCapacityForgivesNothing() {
    assertThat(bucket.hit(0, TEN, 10)).isTrue();
    assertThat(bucket.hit(0, TEN.withCapacity(4), 1, 0)).isEqualTo(-7);
    assertThat(bucket.hit(6, TEN.withCapacity(4), 1)).isFalse();
    assertThat(bucket.hit(7, TEN.withCapacity(4), 1)).isTrue();
  }

  @Test
  void b12_aRefundNeverFillsAboveTheCapacity() {
    assertThat(bucket.hit(0, TEN, 3)).isTrue();
    assertThat(bucket.decide(Operation.REFUND, 0, TEN, 2, 0)).isEqualTo(9);
    assertThat(bucket.decide(Operation.REFUND, 0, TEN, 9, 0)).isEqualTo(10);
    assertThat(bucket.decide(Operation.REFUND, 5, TEN, Long.MAX_VALUE, 0)).isEqualTo(10);
    assertThat(bucket.hit(5, TEN, 11)).isFalse();
  }
}

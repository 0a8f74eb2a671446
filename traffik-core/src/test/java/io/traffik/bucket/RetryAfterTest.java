package io.traffik.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** The wait that a denial states. */
class RetryAfterTest {

  /** The end of the time range of {@link TokenBucket}. */
  private static final long END = 1L << 62;

  @Provide
  Arbitrary<List<QuotaPolicy>> versions() {
    return Versions.any();
  }

  @Provide
  Arbitrary<Rate> rates() {
    return RateArbitraries.any();
  }

  @Provide
  Arbitrary<List<HistoryStep>> histories() {
    return HistoryStep.debtHistories();
  }

  @Property
  void b4_b11_b13_aDeniedHitIsGrantedAtRetryAfterAndNotBefore(
      @ForAll("versions") List<QuotaPolicy> versions,
      @ForAll("histories") List<HistoryStep> history,
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long sample) {
    TestBuckets buckets = new TestBuckets();
    long now = 0;
    long margin = 0;
    for (HistoryStep step : history) {
      QuotaPolicy policy = Versions.of(versions, step);
      now = step.after(now, policy.rate(0), margin);
      BackendCall call = step.call(policy, "client", 0);
      long[] answer = buckets.decide(call, now);
      margin = answer[0];
      if (call.operation() == Operation.HIT && !call.isGranted(answer)) {
        long smallest = Long.MAX_VALUE;
        for (long each : answer) {
          smallest = Math.min(smallest, each);
        }
        long retryAfter = -smallest - call.argument();
        assertThat(retryAfter).isPositive();
        // Of several rates, those that can be converted state their waits at the new speed, but
        // nothing is written while another one cannot.
        boolean exact = buckets.representable() || answer.length == 1;
        if (exact && smallest > -Margin.MAX_NANOS && retryAfter < END - now) {
          for (long earlier :
              new long[] {0, 1, retryAfter / 2, sample % retryAfter, retryAfter - 1}) {
            assertThat(grants(buckets, call, now + Math.min(earlier, retryAfter - 1)))
                .as("%s of %s", earlier, retryAfter)
                .isFalse();
          }
          assertThat(grants(buckets, call, now + retryAfter)).as("%s", call).isTrue();
        }
      }
    }
  }

  private static boolean grants(TestBuckets buckets, BackendCall call, long instant) {
    TestBuckets copy = buckets.copy();
    return call.isGranted(copy.decide(call, instant)) && copy.granted();
  }

  @Property
  void b6_aHitOfCostZeroIsAlwaysGrantedAndTakesNothing(
      @ForAll("versions") List<QuotaPolicy> versions,
      @ForAll("histories") List<HistoryStep> history) {
    TestBuckets buckets = new TestBuckets();
    long now = 0;
    for (HistoryStep step : history) {
      QuotaPolicy policy = Versions.of(versions, step);
      now = step.after(now, policy.rate(0), 0);
      buckets.decide(step.call(policy, "client", 0), now);
      BackendCall peek = TestBuckets.call(Operation.PEEK, policy, 1, 0);
      BackendCall free = TestBuckets.call(Operation.HIT, policy, 0, 0);
      long[] before = buckets.decide(peek, now);
      assertThat(free.isGranted(buckets.decide(free, now))).isTrue();
      assertThat(buckets.granted()).isTrue();
      assertThat(buckets.decide(peek, now)).isEqualTo(before);
    }
  }

  @Property
  void b5_aCostAboveTheCapacityIsNeverGrantedAndStatesNoWait(
      @ForAll("rates") Rate rate,
      @ForAll("histories") List<HistoryStep> history,
      @ForAll @LongRange(min = 1, max = Long.MAX_VALUE) long above) {
    Assume.that(above <= Long.MAX_VALUE - rate.capacity());
    TestBuckets buckets = new TestBuckets();
    long now = 0;
    for (HistoryStep step : history) {
      now = step.after(now, rate, 0);
      long level = buckets.peek(now, rate, 0);
      for (long cost : new long[] {rate.capacity() + above, Long.MAX_VALUE}) {
        long patience = step.patience(TestBuckets.policy(rate));
        assertThat(buckets.hit(now, rate, cost, patience)).isEqualTo(Margin.NEVER);
        assertThat(buckets.granted()).isFalse();
      }
      assertThat(buckets.peek(now, rate, 0)).isEqualTo(level);
      buckets.decide(step.call(TestBuckets.policy(rate), "client", 0), now);
    }
  }

  @Test
  void b4_aWaitUnderOneNanosecondIsOne() {
    // At the requested rate, a third of a nanosecond is missing.
    Rate rate = Rate.of(3, Duration.ofNanos(10_000)).withCapacity(1);
    TestBuckets bucket = new TestBuckets();
    assertThat(bucket.hit(0, rate, 1)).isTrue();
    assertThat(bucket.hit(3_333, rate, 1, 0)).isEqualTo(-1);
    assertThat(bucket.hit(3_334, rate, 1)).isTrue();
  }

  /** Without the written speed, the wait would be halved by each denial, and never end. */
  @Test
  void b4_b11_aDenialByAnotherVersionStatesTheWaitAtItsOwnSpeed() {
    Rate perMinute = Rate.perMinute(10);
    Rate perHour = Rate.perHour(10);
    TestBuckets bucket = new TestBuckets();
    assertThat(bucket.hit(0, perMinute, 10)).isTrue();
    long retryAfter = -bucket.hit(0, perHour, 1, 0);
    assertThat(retryAfter).isEqualTo(Duration.ofMinutes(6).toNanos());
    assertThat(bucket.hit(retryAfter - 1, perHour, 1)).isFalse();
    assertThat(bucket.hit(retryAfter, perHour, 1)).isTrue();
  }

  /** Ten tokens of a century cannot be missing from a bucket that refills one in 140 years. */
  @Test
  void b4_b11_aDebtBeyondOneHundredFortyYearsIsDeniedAndRefillsAtItsOwnSpeed() {
    Rate perYear = Rate.of(1, Duration.ofDays(365)).withCapacity(10);
    Rate perCentury = Rate.of(1, Duration.ofDays(36_500));
    TestBuckets bucket = new TestBuckets();
    assertThat(bucket.hit(0, perYear, 10)).isTrue();
    long retryAfter = -bucket.hit(0, perCentury, 1, 0);
    assertThat(retryAfter).isEqualTo(Duration.ofDays(3_650).toNanos());
    assertThat(bucket.decide(Operation.REFUND, 0, perCentury, 5, 0)).isEqualTo(-Margin.MAX_NANOS);
    assertThat(bucket.decide(Operation.SETTLE, 0, perCentury, 5, 0)).isEqualTo(-Margin.MAX_NANOS);
    assertThat(bucket.peek(retryAfter - 1, perCentury, 1)).isNegative();
    assertThat(bucket.hit(retryAfter, perCentury, 1)).isTrue();
  }
}

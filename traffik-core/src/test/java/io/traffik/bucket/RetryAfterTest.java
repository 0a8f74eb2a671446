package io.traffik.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.Margin;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RetryAfterTest {

  /** The end of the time range of {@link TokenBucket}. */
  private static final long END = 1L << 62;

  @Provide
  Arbitrary<Rate> rates() {
    return Rates.any();
  }

  @Provide
  Arbitrary<List<HistoryStep>> histories() {
    return HistoryStep.histories();
  }

  @Property
  void b4_aDenialEndsAtTheInstantThatItNamesAndNotBefore(
      @ForAll("rates") Rate rate,
      @ForAll("histories") List<HistoryStep> history,
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long sample) {
    Bucket bucket = new Bucket();
    long now = 0;
    long margin = 0;
    for (HistoryStep step : history) {
      now = step.after(now, rate, margin);
      long cost = step.tokens(rate);
      margin = bucket.decide(step.operation(), now, rate, cost);
      if (margin < 0 && cost <= rate.capacity() && now < END + margin) {
        long retryAfter = -margin;
        assertThat(retryAfter).isPositive().isLessThanOrEqualTo(rate.fillNanos());
        for (long earlier :
            new long[] {0, 1, retryAfter / 2, sample % retryAfter, retryAfter - 1}) {
          if (earlier < retryAfter) {
            assertThat(bucket.peek(now + earlier, rate, cost)).isEqualTo(earlier - retryAfter);
          }
        }
        assertThat(bucket.peek(now + retryAfter, rate, cost)).isZero();
      }
    }
  }

  @Property
  void b5_aCostAboveTheCapacityIsNeverGrantedAndNoWaitIsNamed(
      @ForAll("rates") Rate rate,
      @ForAll("histories") List<HistoryStep> history,
      @ForAll @LongRange(min = 1, max = Long.MAX_VALUE) long above) {
    Assume.that(above <= Long.MAX_VALUE - rate.capacity());
    Bucket bucket = new Bucket();
    long now = 0;
    for (HistoryStep step : history) {
      now = step.after(now, rate, 0);
      long held = bucket.peek(now, rate, 0);
      assertThat(bucket.decide(Operation.HIT, now, rate, rate.capacity() + above))
          .isEqualTo(Margin.NEVER);
      assertThat(bucket.decide(Operation.HIT, now, rate, Long.MAX_VALUE)).isEqualTo(Margin.NEVER);
      assertThat(bucket.peek(now, rate, 0)).isEqualTo(held);
      bucket.decide(step.operation(), now, rate, step.tokens(rate));
    }
  }

  @Test
  void b4_aWaitUnderOneNanosecondIsOne() {
    // A third of a nanosecond is missing at the requested rate.
    Rate rate = Rate.of(3, Duration.ofNanos(10_000)).withCapacity(1);
    Bucket bucket = new Bucket();
    assertThat(bucket.hit(0, rate, 1)).isTrue();
    assertThat(bucket.decide(Operation.HIT, 3_333, rate, 1)).isEqualTo(-1);
    assertThat(bucket.hit(3_334, rate, 1)).isTrue();
  }
}

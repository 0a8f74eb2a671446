package io.traffik.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Costs that are known only after the work (rule B14). */
class SettlementTest {

  private static final Rate TEN_PER_SECOND = Rate.perSecond(10);
  private static final long TOKEN = TEN_PER_SECOND.nanosPerToken();

  private final TestBuckets bucket = new TestBuckets();

  private long[] settle(long now, long cost, long maxDebt) {
    QuotaPolicy policy = TestBuckets.policy(TEN_PER_SECOND);
    return bucket.decide(TestBuckets.call(Operation.SETTLE, policy, cost, maxDebt), now);
  }

  @Provide
  Arbitrary<Rate> rates() {
    return RateArbitraries.any();
  }

  @Provide
  Arbitrary<List<HistoryStep>> histories() {
    return HistoryStep.debtHistories();
  }

  /** Every token of a settlement is either owed or reported. */
  @Property
  void b14_debtsAreBoundedAndTheRestIsReported(
      @ForAll("rates") Rate rate, @ForAll("histories") List<HistoryStep> history) {
    QuotaPolicy policy = TestBuckets.policy(rate);
    TestBuckets buckets = new TestBuckets();
    long now = 0;
    for (HistoryStep step : history) {
      now = step.after(now, rate, 0);
      BackendCall call = step.call(policy, "client", 0);
      long before = buckets.peek(now, rate, 0);
      long[] answer = buckets.decide(call, now);
      long after = buckets.peek(now, rate, 0);
      assertThat(after).isBetween(rate.fillNanos() - Margin.MAX_NANOS, rate.fillNanos());
      if (call.operation() == Operation.SETTLE) {
        BigInteger interval = BigInteger.valueOf(rate.nanosPerToken());
        BigInteger owed = BigInteger.valueOf(before - after);
        BigInteger reported = interval.multiply(BigInteger.valueOf(answer[1]));
        BigInteger requested = interval.multiply(BigInteger.valueOf(call.cost()));
        BigInteger excess = owed.add(reported).subtract(requested);
        assertThat(excess).isBetween(BigInteger.ZERO, interval.subtract(BigInteger.ONE));
        boolean reachesLimit = answer[1] > 0 && before > after;
        BigInteger limit =
            interval
                .multiply(BigInteger.valueOf(call.argument()))
                .min(BigInteger.valueOf(Margin.MAX_NANOS - rate.fillNanos()));
        if (reachesLimit) {
          assertThat(BigInteger.valueOf(-after)).isEqualTo(limit);
        }
      }
    }
  }

  @Example
  void b14_aBucketThatOwesDeniesUntilItHasRefilled() {
    assertThat(bucket.hit(0, TEN_PER_SECOND, 4)).isTrue();
    assertThat(settle(0, 26, Long.MAX_VALUE)).containsExactly(-20 * TOKEN, 0);
    assertThat(bucket.hit(0, TEN_PER_SECOND, 1, 0)).isEqualTo(-21 * TOKEN);
    assertThat(bucket.hit(21 * TOKEN - 1, TEN_PER_SECOND, 1)).isFalse();
    assertThat(bucket.hit(21 * TOKEN, TEN_PER_SECOND, 1)).isTrue();
  }

  @Example
  void b14_aSettlementTakesAtMostTheLargestDebt() {
    assertThat(settle(0, 17, 5)).containsExactly(-5 * TOKEN, 2);
    assertThat(settle(0, 3, 5)).containsExactly(-5 * TOKEN, 3);
    // A part of a token is reported as a whole one.
    assertThat(settle(TOKEN / 2, 3, 5)).containsExactly(-5 * TOKEN, 3);
  }

  /** A smaller limit must not forgive a debt that another settlement made. */
  @Example
  void b14_aSmallerLimitForgivesNothing() {
    assertThat(settle(0, 30, 20)).containsExactly(-20 * TOKEN, 0);
    assertThat(settle(0, 1, 0)).containsExactly(-20 * TOKEN, 1);
  }

  @Example
  void b14_aDebtIsAtMostOneHundredFortyYears() {
    long[] answer = settle(0, Long.MAX_VALUE, Long.MAX_VALUE);
    assertThat(answer[0]).isEqualTo(TEN_PER_SECOND.fillNanos() - Margin.MAX_NANOS);
    assertThat(answer[1]).isEqualTo(Long.MAX_VALUE - Margin.MAX_NANOS / TOKEN);
  }

  @Example
  void b14_b12_aRefundReducesADebtAndFillsNoHigherThanTheCapacity() {
    settle(0, 30, 20);
    assertThat(bucket.decide(Operation.REFUND, 0, TEN_PER_SECOND, 25, 0)).isEqualTo(5 * TOKEN);
    assertThat(bucket.decide(Operation.REFUND, 0, TEN_PER_SECOND, Long.MAX_VALUE, 0))
        .isEqualTo(10 * TOKEN);
  }
}

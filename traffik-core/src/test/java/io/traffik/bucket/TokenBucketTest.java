package io.traffik.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Operation;
import io.traffik.Rate;
import io.traffik.bucket.Histories.Step;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The arithmetic against exact counting, over random rates and histories. */
final class TokenBucketTest {

  /** A rate with a history that suits it. */
  record History(Rate rate, List<Step> steps) {}

  /** A bucket as a backend keeps it: one stored instant. */
  private static final class Stored {

    private long fullAt = TokenBucket.FULL;

    long apply(Operation operation, Rate rate, long now, long cost) {
      long carried = TokenBucket.carried(fullAt, now, rate);
      if (carried < fullAt) {
        fullAt = carried;
      }
      if (operation == Operation.REFUND) {
        fullAt = TokenBucket.afterRefund(carried, now, rate, cost);
        return TokenBucket.margin(fullAt, now, rate, 0);
      }
      long margin = TokenBucket.margin(carried, now, rate, cost);
      if (operation == Operation.HIT && margin >= 0) {
        fullAt = TokenBucket.afterHit(carried, rate, cost);
      }
      return margin;
    }
  }

  @Provide
  Arbitrary<Rate> rates() {
    return Histories.rates();
  }

  @Provide
  Arbitrary<History> histories() {
    return Histories.rates()
        .flatMap(rate -> Histories.steps(rate, false).map(steps -> new History(rate, steps)));
  }

  @Property
  void b1_b2_b12_agreesWithExactCountingToTheNanosecond(@ForAll("histories") History history) {
    ExactBucket exact = new ExactBucket(history.rate, 0);
    Stored stored = new Stored();
    long now = 0;
    for (Step step : history.steps) {
      now += step.pause();
      BigInteger expected;
      switch (step.operation()) {
        case REFUND -> {
          exact.refund(now, step.cost());
          expected = exact.margin(now, 0);
        }
        case HIT -> {
          expected = exact.margin(now, step.cost());
          exact.hit(now, step.cost());
        }
        default -> expected = exact.margin(now, step.cost());
      }
      assertThat(stored.apply(step.operation(), history.rate, now, step.cost()))
          .isEqualTo(expected.longValueExact());
    }
  }

  @Property
  void b3_neverGrantsMoreThanCapacityPlusRefill(@ForAll("histories") History history) {
    Rate rate = history.rate;
    BigInteger period =
        BigInteger.valueOf(rate.period().toSeconds())
            .multiply(BigInteger.valueOf(1_000_000_000))
            .add(BigInteger.valueOf(rate.period().toNanosPart()));
    List<long[]> grants = new ArrayList<>();
    Stored stored = new Stored();
    long now = 0;
    for (Step step : history.steps) {
      now += step.pause();
      if (stored.apply(Operation.HIT, rate, now, step.cost()) >= 0) {
        grants.add(new long[] {now, step.cost()});
      }
    }
    for (int from = 0; from < grants.size(); from++) {
      BigInteger granted = BigInteger.ZERO;
      for (int to = from; to < grants.size(); to++) {
        granted = granted.add(BigInteger.valueOf(grants.get(to)[1]));
        BigInteger span = BigInteger.valueOf(grants.get(to)[0] - grants.get(from)[0]);
        // granted ≤ C + L·t/P, without the division
        assertThat(granted.subtract(BigInteger.valueOf(rate.capacity())).multiply(period))
            .isLessThanOrEqualTo(BigInteger.valueOf(rate.limit()).multiply(span));
      }
    }
  }

  @Property
  void b4_deniedUntilExactlyRetryAfter(@ForAll("histories") History history) {
    Stored stored = new Stored();
    long now = 0;
    for (Step step : history.steps) {
      now += step.pause();
      long margin = stored.apply(Operation.HIT, history.rate, now, step.cost());
      if (margin < 0) {
        long wait = -margin;
        for (long early : new long[] {1, wait / 2, wait - 1}) {
          if (early > 0 && early < wait) {
            assertThat(stored.apply(Operation.PEEK, history.rate, now + early, step.cost()))
                .isNegative();
          }
        }
        assertThat(stored.apply(Operation.PEEK, history.rate, now + wait, step.cost())).isZero();
      }
    }
  }

  @Property
  void b5_costAboveCapacityNeverFits(
      @ForAll("rates") Rate rate, @ForAll("beyond") long beyond, @ForAll("instants") long now) {
    long cost = rate.capacity() + Math.min(beyond, Long.MAX_VALUE - rate.capacity());
    long carried = TokenBucket.carried(TokenBucket.FULL, now, rate);
    assertThat(TokenBucket.margin(carried, now, rate, cost)).isEqualTo(TokenBucket.NEVER);
    assertThat(TokenBucket.margin(carried, now, rate, rate.capacity())).isZero();
  }

  @Provide
  Arbitrary<Long> beyond() {
    return Arbitraries.longs().between(1, Long.MAX_VALUE);
  }

  @Provide
  Arbitrary<Long> instants() {
    return Arbitraries.longs().between(0, Histories.FIFTY_YEARS);
  }

  @Property
  void b6_b10_costZeroTakesNothingAndFullIsAbsent(
      @ForAll("rates") Rate rate, @ForAll("instants") long now) {
    long absent = TokenBucket.carried(TokenBucket.FULL, now, rate);
    assertThat(absent).isEqualTo(now);
    assertThat(TokenBucket.afterHit(absent, rate, 0)).isEqualTo(now);
    assertThat(TokenBucket.carried(now, now, rate)).isEqualTo(absent);
    assertThat(TokenBucket.carried(now / 2, now, rate)).isEqualTo(absent);
  }

  @Property
  void b7_keptRateIsNeverFasterAndHardlySlower(@ForAll("rates") Rate rate) {
    BigInteger kept =
        BigInteger.valueOf(rate.nanosPerToken()).multiply(BigInteger.valueOf(rate.limit()));
    BigInteger asked =
        BigInteger.valueOf(rate.period().toSeconds())
            .multiply(BigInteger.valueOf(1_000_000_000))
            .add(BigInteger.valueOf(rate.period().toNanosPart()));
    BigInteger slower = kept.subtract(asked);
    assertThat(slower.signum()).isNotNegative();
    // slower / kept < r · 10⁻⁹ with r = limit / asked · 10⁹ per second
    assertThat(slower.multiply(asked)).isLessThan(kept.multiply(BigInteger.valueOf(rate.limit())));
  }

  @Property
  void b11_changedRateKeepsTheInstantOfBeingFull(
      @ForAll("histories") History before,
      @ForAll("rates") Rate after,
      @ForAll("waits") long wait) {
    ExactBucket exact = new ExactBucket(before.rate, 0);
    Stored stored = new Stored();
    long now = 0;
    for (Step step : before.steps) {
      now += step.pause();
      if (stored.apply(Operation.HIT, before.rate, now, step.cost()) >= 0) {
        exact.hit(now, step.cost());
      }
    }
    exact.change(after, now);
    for (long cost : new long[] {0, 1, after.capacity(), 1}) {
      assertThat(stored.apply(Operation.HIT, after, now, cost))
          .isEqualTo(exact.margin(now, cost).longValueExact());
      exact.hit(now, cost);
      now += wait;
    }
  }

  @Provide
  Arbitrary<Long> waits() {
    return Arbitraries.longs().between(0, Duration.ofDays(1_000).toNanos());
  }

  @Example
  void b11_carriedStateMustBeStored() {
    Rate slow = Rate.perDay(1);
    Rate fast = Rate.perSecond(1);
    Stored stored = new Stored();
    stored.apply(Operation.HIT, slow, 0, 1);
    assertThat(stored.apply(Operation.HIT, fast, 0, 1)).isEqualTo(-1_000_000_000);
    assertThat(stored.apply(Operation.HIT, fast, 1_000_000_000, 1)).isZero();
  }
}

package io.traffik.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Hits that wait for their tokens, and their cancellation (rule B13). */
class ReservationTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long LONGEST_PATIENCE = 80;
  private static final Rate ONE_PER_SECOND = Rate.perSecond(1);

  /** A granted hit, which proceeds at an instant. */
  private record Reservation(long proceeds, long cost) {}

  /** A step: a pause, the cost and patience of a hit, and the hit to cancel, or −1 for a hit. */
  private record Step(long pause, long cost, long patience, int cancelled) {}

  @Provide
  Arbitrary<QuotaPolicy> policies() {
    Arbitrary<Rate> rates =
        Combinators.combine(Arbitraries.longs().between(1, 5), Arbitraries.of(1L, 2L, 6L, 11L, 16L))
            .as((capacity, nanos) -> Rate.of(1, Duration.ofNanos(nanos)).withCapacity(capacity));
    return rates.list().ofMinSize(1).ofMaxSize(3).map(list -> QuotaPolicy.of("api", list));
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.oneOf(Arbitraries.just(0L), Arbitraries.longs().between(0, 40)),
            Arbitraries.longs().between(1, 5),
            Arbitraries.longs().between(0, LONGEST_PATIENCE),
            Arbitraries.integers().between(-20, 9))
        .as(Step::new)
        .list()
        .ofMaxSize(60);
  }

  /** Cancelled hits do not proceed. No window of the other hits exceeds any rate. */
  @Property
  void b3_b13_hitsAreBoundedAtTheInstantsAtWhichTheyProceed(
      @ForAll("policies") QuotaPolicy policy, @ForAll("steps") List<Step> steps) {
    TestBuckets buckets = new TestBuckets();
    List<Reservation> hits = new ArrayList<>();
    long now = 0;
    for (Step step : steps) {
      now += step.pause();
      if (step.cancelled() >= 0) {
        cancel(buckets, policy, hits, step.cancelled(), now);
        continue;
      }
      long cost = Math.min(step.cost(), policy.capacity());
      BackendCall call = TestBuckets.call(Operation.HIT, policy, cost, step.patience());
      long[] margins = buckets.decide(call, now);
      if (call.isGranted(margins)) {
        hits.add(new Reservation(now + wait(margins), cost));
        hits.sort(Comparator.comparingLong(Reservation::proceeds));
        policy.rates().forEach(rate -> assertBounded(hits, rate));
      }
    }
  }

  /** Cancels one of the hits that have not proceeded yet. */
  private static void cancel(
      TestBuckets buckets, QuotaPolicy policy, List<Reservation> hits, int which, long now) {
    List<Reservation> waiting = hits.stream().filter(hit -> hit.proceeds() > now).toList();
    if (!waiting.isEmpty()) {
      Reservation hit = waiting.get(which % waiting.size());
      buckets.decide(
          TestBuckets.call(Operation.REFUND, policy, hit.cost(), hit.proceeds() - now), now);
      hits.remove(hit);
    }
  }

  private static long wait(long[] margins) {
    long wait = 0;
    for (long margin : margins) {
      wait = Math.max(wait, -margin);
    }
    return wait;
  }

  private static void assertBounded(List<Reservation> hits, Rate rate) {
    for (int from = 0; from < hits.size(); from++) {
      long cost = 0;
      for (int to = from; to < hits.size(); to++) {
        cost += hits.get(to).cost();
        long span = hits.get(to).proceeds() - hits.get(from).proceeds();
        if (cost * rate.nanosPerToken() > rate.fillNanos() + span) {
          throw new AssertionError(cost + " tokens in " + span + " ns of " + rate + ": " + hits);
        }
      }
    }
  }

  @Property
  void b13_aBucketLacksAtMostItsCapacityAndTheTokensOfTheLongestPatience(
      @ForAll("policies") QuotaPolicy policy, @ForAll("steps") List<Step> steps) {
    TestBuckets buckets = new TestBuckets();
    long now = 0;
    for (Step step : steps) {
      now += step.pause();
      long cost = Math.min(step.cost(), policy.capacity());
      buckets.decide(TestBuckets.call(Operation.HIT, policy, cost, step.patience()), now);
      for (long level : buckets.decide(TestBuckets.call(Operation.PEEK, policy, 0, 0), now)) {
        assertThat(level).isGreaterThanOrEqualTo(-LONGEST_PATIENCE);
      }
    }
  }

  /** A twin without the hit decides everything else equally. */
  @Property
  void b13_cancellingTheLastReservationReturnsItsTokensExactly(
      @ForAll("policies") QuotaPolicy policy, @ForAll("steps") List<Step> steps) {
    TestBuckets buckets = new TestBuckets();
    long now = 0;
    for (Step step : steps) {
      now += step.pause();
      long cost = Math.min(step.cost(), policy.capacity());
      BackendCall call = TestBuckets.call(Operation.HIT, policy, cost, step.patience());
      TestBuckets twin = buckets.copy();
      long[] margins = buckets.decide(call, now);
      long wait = wait(margins);
      if (wait > 0 && call.isGranted(margins)) {
        long elapsed = step.pause() % wait;
        TestBuckets cancelled = buckets.copy();
        cancelled.decide(call.with(Operation.REFUND, cost, wait - elapsed), now + elapsed);
        assertThat(cancelled.granted()).isTrue();
        assertEqualLevels(policy, cancelled, twin, now + elapsed);
      }
    }
  }

  private static void assertEqualLevels(
      QuotaPolicy policy, TestBuckets buckets, TestBuckets twin, long now) {
    BackendCall peek = TestBuckets.call(Operation.PEEK, policy, 0, 0);
    assertThat(buckets.decide(peek, now)).isEqualTo(twin.decide(peek, now));
  }

  /** The promises of all hits of one caller after another, at one instant. */
  private static List<Long> waits(TestBuckets bucket, long now, Rate rate, int hits) {
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < hits; i++) {
      waits.add(Math.max(0, -bucket.hit(now, rate, 1, 60 * SECOND)));
    }
    return waits;
  }

  @Example
  void b13_fortyTokensAtFivePerSecondProceedInOrderAndEvenlySpaced() {
    Rate rate = Rate.perSecond(5).withCapacity(1);
    List<Long> waits = waits(new TestBuckets(), 0, rate, 40);
    for (int i = 0; i < 40; i++) {
      assertThat(waits.get(i)).as("hit %s", i).isEqualTo(i * 200_000_000L);
    }
  }

  @Example
  void b13_theTokensOfAnEarlierReservationLapse() {
    TestBuckets bucket = new TestBuckets();
    assertThat(waits(bucket, 0, ONE_PER_SECOND, 4))
        .containsExactly(0L, SECOND, 2 * SECOND, 3 * SECOND);
    cancel(bucket, 0, SECOND);
    assertThat(bucket.granted()).isFalse();
    assertThat(waits(bucket, 0, ONE_PER_SECOND, 1)).containsExactly(4 * SECOND);
  }

  @Example
  void b13_aSixthHitDoesNotProceedTogetherWithTheFifth() {
    TestBuckets bucket = new TestBuckets();
    assertThat(waits(bucket, 0, ONE_PER_SECOND, 5)).endsWith(4 * SECOND);
    long later = SECOND / 2;
    cancel(bucket, later, SECOND - later);
    assertThat(waits(bucket, later, ONE_PER_SECOND, 1)).containsExactly(5 * SECOND - later);
  }

  @Example
  void b13_theLastReservationsAreCancelledOneAfterAnother() {
    TestBuckets bucket = new TestBuckets();
    waits(bucket, 0, ONE_PER_SECOND, 4);
    cancel(bucket, 0, 3 * SECOND);
    cancel(bucket, 0, 2 * SECOND);
    assertThat(waits(bucket, 0, ONE_PER_SECOND, 2)).containsExactly(2 * SECOND, 3 * SECOND);
  }

  /** The caller measures its wait by its own clock, so less than half a token is tolerated. */
  @Example
  void b13_aPromiseIsTheLastOneWithinHalfAToken() {
    TestBuckets bucket = new TestBuckets();
    waits(bucket, 0, ONE_PER_SECOND, 3);
    cancel(bucket, 0, 2 * SECOND - SECOND / 2 - 1);
    assertThat(bucket.granted()).isFalse();
    cancel(bucket, 0, 2 * SECOND - SECOND / 2);
    assertThat(bucket.granted()).isTrue();
  }

  private static void cancel(TestBuckets bucket, long now, long promised) {
    bucket.decide(Operation.REFUND, now, ONE_PER_SECOND, 1, promised);
  }

  @Example
  void b13_aDeniedHitStatesWhenItsPatienceSuffices() {
    TestBuckets bucket = new TestBuckets();
    waits(bucket, 0, ONE_PER_SECOND, 4);
    assertThat(bucket.hit(0, ONE_PER_SECOND, 1, 3 * SECOND)).isEqualTo(-4 * SECOND);
    assertThat(bucket.granted()).isFalse();
    bucket.hit(SECOND - 1, ONE_PER_SECOND, 1, 3 * SECOND);
    assertThat(bucket.granted()).isFalse();
    assertThat(bucket.hit(SECOND, ONE_PER_SECOND, 1, 3 * SECOND)).isEqualTo(-3 * SECOND);
    assertThat(bucket.granted()).isTrue();
  }
}

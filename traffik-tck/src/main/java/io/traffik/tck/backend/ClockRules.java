package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/**
 * Clocks that stop or step back, and readings that become stale: B8 and B3. The kit can cause these
 * with a {@link io.traffik.tck.ManualClock} only. In real time it makes calls in quick succession.
 */
interface ClockRules {

  @Test
  default void b8_aStoppedClockNeitherTakesNorAddsTokens(BackendFixture fixture) {
    BucketOracle client = fixture.client(slow(10));
    client.hit(4);
    for (int i = 0; i < 200; i++) {
      assertEquals(6, client.tokens(), "tokens of 10 left in repeated peeks");
    }
    client.hit(6);
    for (int i = 0; i < 200; i++) {
      client.hit(1);
    }
  }

  @Test
  default void b8_aStepBackChangesNoTokensAndDelaysRefillingByAtMostOneFill(
      BackendFixture fixture) {
    TestTime time = fixture.time();
    long fill = time.tenTokens().fillNanos();
    if (time instanceof SimulatedTime moved) {
      long twentyYears = Duration.ofDays(20 * 365).toNanos();
      for (long back : new long[] {1, time.unit(), fill / 2, 3 * fill, twentyYears}) {
        stepBack(fixture, moved, back);
      }
      return;
    }
    BucketOracle client = fixture.client(time.tenTokens()).exact();
    client.hit(7);
    for (int i = 0; i < 200; i++) {
      client.peek(4);
    }
    client.hit(3);
    time.elapse(fill);
    client.hit(10);
  }

  private static void stepBack(BackendFixture fixture, SimulatedTime time, long back) {
    Backend backend = fixture.backend();
    Rate rate = time.tenTokens();
    String after = " after the clock stepped back by " + FailureText.time(back);
    LongPredicate known = cost -> isGranted(backend, rate, "known", cost);
    LongPredicate fresh = cost -> isGranted(backend, rate, "new", cost);
    LongPredicate empty = cost -> isGranted(backend, rate, "empty", cost);
    Assert.granted(known.test(7), "a hit of 7 on a full bucket of 10");
    Assert.granted(empty.test(10), "a hit of 10 on a full bucket of 10");
    time.stepBack(back);
    long held =
        backend.decideSingle(Operation.PEEK, BackendFixture.policy(rate), "known", "", 0, 0);
    assertEquals(3, held / rate.nanosPerToken(), "tokens of 10 left by a hit of 7" + after);
    Assert.denied(known.test(4), "a hit of 4 with 3 tokens left" + after);
    Assert.granted(known.test(3), "a hit of 3 with 3 tokens left" + after);
    Assert.granted(fresh.test(10), "a hit of the capacity of a full bucket" + after);
    Assert.denied(empty.test(1), "a hit of 1 on an empty bucket" + after);
    time.elapse(2 * time.unit());
    Assert.denied(known.test(3), "a hit of 3 after at most 2 tokens have refilled" + after);
    Assert.denied(fresh.test(3), "a hit of 3 after at most 2 tokens have refilled" + after);
    Assert.denied(empty.test(3), "a hit of 3 after at most 2 tokens have refilled" + after);
    time.elapse(2 * rate.fillNanos());
    for (LongPredicate client : new LongPredicate[] {known, fresh, empty}) {
      Assert.granted(client.test(10), "a hit of the capacity after twice the time to fill" + after);
      Assert.denied(client.test(1), "a hit of 1 after the capacity was taken" + after);
    }
  }

  private static boolean isGranted(Backend backend, Rate rate, String client, long cost) {
    return backend.decideSingle(Operation.HIT, BackendFixture.policy(rate), client, "", cost, 0)
        >= 0;
  }

  @Test
  default void b3_noDecisionUsesAStaleClockReading(BackendFixture fixture) throws Exception {
    for (int rates = 1; rates <= 2; rates++) {
      TestTime time = fixture.time();
      if (time instanceof SimulatedTime moved) {
        Rate rate = Rate.of(1, Duration.ofNanos(10 * time.unit()));
        assertStaleReadingIsNotUsed(
            fixture.backend(), moved, rates == 1 ? new Rate[] {rate} : new Rate[] {rate, rate});
      } else {
        Rate rate = Rate.of(1, Duration.ofNanos(time.unit() / 100));
        assertConcurrentGrants(
            fixture.backend(), time, rates == 1 ? new Rate[] {rate} : new Rate[] {rate, rate});
      }
    }
  }

  /**
   * Pauses a hit after it read the clock. Ten units later another hit is decided, or waits for the
   * first. Then the first continues with its stale reading.
   */
  private static void assertStaleReadingIsNotUsed(
      Backend backend, SimulatedTime time, Rate... rates) throws InterruptedException {
    StaleClockRace hits = new StaleClockRace(backend, BackendFixture.policy(rates), time.clock());
    hits.hit();
    hits.hitOvertakenBy(() -> time.elapse(10 * time.unit()));
    hits.hit();
    assertEquals(2, hits.granted(), "tokens granted within 10 s by " + rates.length + " x 1/10s");
    time.elapse(9 * time.unit());
    hits.hit();
    assertEquals(2, hits.granted(), "tokens granted within 19 s by " + rates.length + " x 1/10s");
    time.elapse(time.unit());
    hits.hit();
    assertEquals(3, hits.granted(), "tokens granted within 20 s by " + rates.length + " x 1/10s");
  }

  private static void assertConcurrentGrants(Backend backend, TestTime time, Rate... rates)
      throws InterruptedException {
    QuotaPolicy policy = BackendFixture.policy(rates);
    BackendCall call = new BackendCall(Operation.HIT, policy, "client", "", 1);
    GrantLog grants = new GrantLog(rates[0]);
    long before = time.now();
    long granted =
        ConcurrentTasks.sum(
            8,
            thread -> {
              long sum = 0;
              for (int i = 0; i < 200; i++) {
                sum += call.isGranted(backend.decide(call)) ? 1 : 0;
              }
              return sum;
            });
    grants.add(granted, before, time.now());
    grants.assertWithinRate(time);
  }
}

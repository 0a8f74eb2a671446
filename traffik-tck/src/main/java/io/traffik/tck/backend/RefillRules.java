package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Refilling over time: B1, B3, B4, B7, B10. */
interface RefillRules {

  @Test
  default void b1_aBucketRefillsSteadilyAndHoldsAtMostItsCapacity(BackendFixture fixture) {
    TestTime time = fixture.time();
    for (Rate rate :
        List.of(
            time.tenTokens(),
            time.tenTokens().withCapacity(4),
            time.tenTokens().withCapacity(12))) {
      BucketOracle client = fixture.client(rate);
      client.hit(rate.capacity());
      client.hit(1);
      time.elapse(time.unit());
      client.hit(1);
      client.hit(1);
      time.elapse(3 * time.unit());
      client.hit(3);
      client.hit(1);
      time.elapse(2 * rate.fillNanos());
      client.hit(rate.capacity());
      client.hit(1);
    }
  }

  @Test
  default void b1_fractionsOfATokenAddUp(BackendFixture fixture) {
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(time.tenTokens());
    client.hit(10);
    for (int i = 0; i < 12; i++) {
      time.elapse(time.unit() * 2 / 5);
      client.hit(1);
    }
  }

  @Test
  default void b3_aGreedyClientGetsAtMostCapacityPlusRefill(BackendFixture fixture) {
    for (Rate rate : fixture.time().rates()) {
      SeededRandom random = new SeededRandom(fixture.seed());
      BucketOracle client = fixture.client(rate);
      GrantLog grants = new GrantLog(rate);
      for (int i = 0; i < 20; i++) {
        long cost = Math.min(rate.capacity(), random.between(1, 3));
        long before = fixture.time().now();
        long[] margins = client.call(Operation.HIT, cost);
        if (margins[0] >= 0) {
          grants.add(cost, before, fixture.time().now());
          grants.assertWithinRate(fixture.time());
        } else {
          // Waits longer than one fill time are not part of this rule.
          fixture.time().elapse(Math.min(-margins[0], rate.fillNanos()));
        }
      }
    }
  }

  @Test
  default void b4_aDenialEndsExactlyWhenItSays(BackendFixture fixture) {
    for (Rate rate : fixture.time().rates()) {
      for (long cost : new long[] {1, rate.capacity() / 2 + 1, rate.capacity()}) {
        BucketOracle client = fixture.client(rate);
        client.hit(rate.capacity());
        DenialExpiry.of(client, cost, fixture.time()).assertEndsOnTime();
      }
    }
  }

  @Test
  default void b4_furtherDenialsDoNotPostponeTheEndOfADenial(BackendFixture fixture) {
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(time.tenTokens());
    client.hit(10);
    DenialExpiry first = DenialExpiry.of(client, 2, time);
    for (int i = 0; i < 7; i++) {
      time.elapse(time.unit() / 4);
      if (client.hit(10)) {
        // In real time, on a busy machine, the bucket may have refilled already.
        return;
      }
    }
    first.assertEndsOnTime();
  }

  @Test
  default void b7_aFullBurstLosesNoTokenToRounding(BackendFixture fixture) {
    for (Rate rate : List.of(slow(7), slow(1_000), slow(1_000).withCapacity(123_457))) {
      BucketOracle client = fixture.client(rate);
      long left = rate.capacity();
      for (long cost : new long[] {rate.capacity() / 2, rate.capacity() / 3, 1}) {
        left -= cost;
        client.hit(cost);
        long expected = left;
        assertEquals(expected, client.tokens(), () -> "tokens left of " + rate);
      }
      Assert.granted(client.hit(left), "a hit of the rest of the capacity");
      Assert.denied(client.hit(1), "a hit of 1 after the capacity was taken");
    }
  }

  @Test
  default void b7_theSustainedRateIsTheConfiguredRate(BackendFixture fixture) {
    TestTime time = fixture.time();
    for (Rate rate : time.rates()) {
      BucketOracle client = fixture.client(rate);
      long portion = Math.max(1, rate.capacity() / 10);
      long rounds = 5;
      long before = time.now();
      client.hit(rate.capacity());
      long drained = time.now();
      long given = 0;
      for (int i = 0; i < rounds; i++) {
        time.elapse(portion * rate.nanosPerToken());
        given += client.hit(portion) ? portion : 0;
      }
      long longest = time.now() - before;
      // Read before the peek, whose result may take long to arrive.
      long shortest = time.now() - drained;
      long held = Math.max(0, client.peek(0)[0]);
      long tokens = given;
      BigInteger due = GrantLog.refillNanos(rate, BigInteger.valueOf(tokens));
      Assert.that(
          BigInteger.valueOf(longest + time.drift(longest)).compareTo(due) >= 0,
          () ->
              rate
                  + " granted "
                  + tokens
                  + " tokens in "
                  + longest
                  + " ns, but they refill in "
                  + due
                  + " ns");
      // Rounded margins and refilled tokens that nobody took do not make the rate slower.
      long rounding = TestTime.maxRateRounding(rate, shortest) + 2 * time.clockResolution();
      long late = shortest - held - rounding - time.drift(shortest);
      boolean toTheGrain =
          time instanceof SimulatedTime
              && portion * rate.nanosPerToken() % time.clockResolution() == 0;
      boolean neverFull = toTheGrain || shortest < rate.fillNanos();
      Assert.that(
          !neverFull || BigInteger.valueOf(late).compareTo(due) <= 0,
          () ->
              rate
                  + " granted only "
                  + tokens
                  + " tokens in "
                  + shortest
                  + " ns; they refill in "
                  + due
                  + " ns");
    }
  }

  @Test
  default void b10_aRefilledBucketBehavesAsANewOne(BackendFixture fixture) {
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(time.tenTokens());
    client.hit(10);
    time.elapse(2 * client.policy().rate(0).fillNanos());
    // A changed rate must not restore any earlier state.
    client.change(slow(10));
    assertEquals(10, client.tokens(), "tokens of a bucket that refilled at an earlier rate");
    Assert.granted(
        client.hit(10), "a hit of the capacity of a bucket that refilled at an earlier rate");
  }
}

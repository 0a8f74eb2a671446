package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What comes back as time goes by: B1, B3, B4, B7, B10. */
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
          // A wait too long for a test is none of this rule's business.
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
        // The machine was busy until all had refilled, in real time.
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
      Assert.granted(client.hit(left), "the rest of the burst");
      Assert.denied(client.hit(1), "one more than the burst");
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
      // Before it is asked what is left: the answer may be long on its way.
      long shortest = time.now() - drained;
      long held = Math.max(0, client.peek(0)[0]);
      long tokens = given;
      BigInteger due = GrantLog.refillNanos(rate, BigInteger.valueOf(tokens));
      Assert.that(
          BigInteger.valueOf(longest + time.drift(longest)).compareTo(due) >= 0,
          () -> rate + " gave " + tokens + " tokens in " + longest + " ns, not " + due);
      // Rounding each answer is no slower rate, nor is what refilled and was not asked for.
      long rounding = TestTime.maxRateRounding(rate, shortest) + 2 * time.clockResolution();
      long late = shortest - held - rounding - time.drift(shortest);
      boolean toTheGrain =
          time instanceof SimulatedTime
              && portion * rate.nanosPerToken() % time.clockResolution() == 0;
      boolean neverFull = toTheGrain || shortest < rate.fillNanos();
      Assert.that(
          !neverFull || BigInteger.valueOf(late).compareTo(due) <= 0,
          () -> rate + " gave " + tokens + " tokens in " + shortest + " ns, not " + due);
    }
  }

  @Test
  default void b10_aRefilledBucketBehavesAsANewOne(BackendFixture fixture) {
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(time.tenTokens());
    client.hit(10);
    time.elapse(2 * client.policy().rate(0).fillNanos());
    // Nothing of its past is left that a changed rate could bring back.
    client.change(slow(10));
    assertEquals(10, client.tokens(), "tokens of a bucket that refilled at an earlier rate");
    Assert.granted(client.hit(10), "all tokens of a bucket that refilled at an earlier rate");
  }
}

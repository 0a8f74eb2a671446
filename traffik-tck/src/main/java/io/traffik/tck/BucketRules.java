package io.traffik.tck;

import static io.traffik.tck.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Decision;
import io.traffik.Rate;
import io.traffik.Throttle;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a bucket holds and who may take of it, with no time going by: B1, B2, B5, B6, B12. */
interface BucketRules {

  /** Rates of which nothing refills, with the capacity of the limit, below and above it. */
  List<Rate> SLOW = List.of(slow(10), slow(10).withCapacity(3), slow(10).withCapacity(25), slow(1));

  @Test
  default void b1_aBucketStartsWithItsCapacity(BackendFixture bench) {
    for (Rate rate : SLOW) {
      BucketOracle client = bench.account(rate);
      for (long left = rate.capacity(); left > 0; left--) {
        Require.granted(
            client.hit(1), "a token of those that a bucket of " + rate + " starts with");
      }
      Require.denied(client.hit(1), "one more than the capacity of " + rate);
    }
  }

  @Test
  default void b2_aHitTakesWhatItCosts(BackendFixture bench) {
    for (EntryPoint way : EntryPoint.ALL) {
      BucketOracle client = bench.account(slow(10));
      client.ask(Operation.HIT, 3, way);
      assertEquals(7, client.tokens(), () -> "tokens of 10 left after a hit of 3 by " + way);
      client.ask(Operation.HIT, 7, way);
      assertEquals(0, client.tokens(), () -> "tokens of 10 left after hits of 3 and 7 by " + way);
    }
  }

  @Test
  default void b2_aDenialTakesNothing(BackendFixture bench) {
    for (EntryPoint way : EntryPoint.ALL) {
      BucketOracle client = bench.account(slow(10));
      client.hit(8);
      for (int i = 0; i < 10; i++) {
        client.ask(Operation.HIT, 3, way);
      }
      Require.granted(client.hit(2), "what was left before ten denials by " + way);
    }
  }

  @Test
  default void b5_aCostAboveTheCapacityIsImpossibleAndTakesNothing(BackendFixture bench) {
    Backend backend = bench.backend();
    Throttle single = Throttle.builder("single").rate(slow(10)).backend(backend).build();
    Throttle several =
        Throttle.builder("several")
            .rate(slow(30))
            .rate(slow(10))
            .rate(slow(5))
            .backend(backend)
            .build();
    FakeConnection client = FakeConnection.get("/");
    several.hit(client, 4);
    for (Throttle throttle : List.of(single, several)) {
      long capacity = throttle.policy().capacity();
      Decision before = throttle.peek(client, 0);
      Decision decision = throttle.hit(client, capacity + 1);
      Require.that(
          decision.impossible(), () -> "more than the capacity can never fit, but: " + decision);
      assertEquals(Optional.empty(), decision.retryAfter(), "the wait for what can never fit");
      assertEquals(before.remaining(), decision.remaining(), () -> "what is there: " + decision);
      assertEquals(
          before.remaining(),
          throttle.peek(client, 0).remaining(),
          () -> "what is there after " + decision);
    }
  }

  @Test
  default void b6_aCostOfZeroIsGrantedEvenByAnEmptyBucketAndTakesNothing(BackendFixture bench) {
    for (EntryPoint way : EntryPoint.ALL) {
      BucketOracle client = bench.account(slow(2));
      for (long left = 2; left >= 0; left--) {
        client.ask(Operation.PEEK, 0, way);
        client.ask(Operation.HIT, 0, way);
        long expected = left;
        assertEquals(expected, client.tokens(), () -> "tokens left after a free hit by " + way);
        client.hit(1);
      }
    }
  }

  @Test
  default void b12_aPeekAnswersAsTheHitWouldAndTakesNothing(BackendFixture bench) {
    for (EntryPoint way : EntryPoint.ALL) {
      BucketOracle client = bench.account(slow(10)).exact();
      for (long cost : new long[] {4, 5, 3, 1, 2}) {
        client.ask(Operation.PEEK, cost, way);
        client.ask(Operation.PEEK, cost, way);
        client.ask(Operation.HIT, cost, way);
      }
    }
  }

  @Test
  default void b12_aRefundGivesBackUpToTheCapacity(BackendFixture bench) {
    for (EntryPoint way : EntryPoint.ALL) {
      BucketOracle client = bench.account(slow(10));
      client.hit(6);
      long[] answer = client.ask(Operation.REFUND, 2, way);
      assertEquals(
          6,
          answer[0] / client.policy().rate(0).nanosPerToken(),
          () -> "what a refund of 2 to 4 tokens says that it left, by " + way);
      assertEquals(6, client.tokens(), () -> "tokens after a refund of 2 to 4 by " + way);
      for (long tooMuch : new long[] {5, 10, 11, Long.MAX_VALUE}) {
        client.ask(Operation.REFUND, tooMuch, way);
        assertEquals(10, client.tokens(), () -> "tokens after a refund of " + tooMuch + " to 10");
        client.hit(10);
        Require.denied(client.hit(1), "more than the capacity, after a refund of " + tooMuch + ",");
        client.ask(Operation.REFUND, 7, way);
      }
    }
  }

  @Test
  default void b12_aRefundToAFullBucketAddsNothing(BackendFixture bench) {
    for (long refund : new long[] {0, 1, 10, Long.MAX_VALUE}) {
      BucketOracle client = bench.account(slow(10));
      client.refund(refund);
      assertEquals(
          10, client.tokens(), () -> "tokens after " + refund + " were given to a full 10");
      Require.granted(client.hit(10), "all of a full bucket, after a refund of " + refund + ",");
      Require.denied(client.hit(1), "more than the capacity, after a refund of " + refund + ",");
    }
  }

  @Test
  default void b12_aRefundGivesBackToEveryRate(BackendFixture bench) {
    BucketOracle client = bench.account(slow(10), slow(20), slow(30));
    client.hit(10);
    client.refund(4);
    long[] held = client.peek(0);
    for (int i = 0; i < held.length; i++) {
      Rate rate = client.policy().rate(i);
      assertEquals(
          rate.capacity() - 6,
          held[i] / rate.nanosPerToken(),
          () -> "tokens after a hit of 10 and a refund of 4, of " + rate);
    }
  }
}

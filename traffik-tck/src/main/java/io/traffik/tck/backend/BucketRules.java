package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Decision;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.tck.FakeConnection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a bucket holds and who may take of it, with no time going by: B1, B2, B5, B6, B12. */
interface BucketRules {

  /** Rates of which nothing refills, with the capacity of the limit, below and above it. */
  List<Rate> SLOW = List.of(slow(10), slow(10).withCapacity(3), slow(10).withCapacity(25), slow(1));

  @Test
  default void b1_aBucketStartsWithItsCapacity(BackendFixture fixture) {
    for (Rate rate : SLOW) {
      BucketOracle client = fixture.client(rate);
      for (long left = rate.capacity(); left > 0; left--) {
        Assert.granted(client.hit(1), "a token of those that a bucket of " + rate + " starts with");
      }
      Assert.denied(client.hit(1), "one more than the capacity of " + rate);
    }
  }

  @Test
  default void b2_aHitTakesItsCost(BackendFixture fixture) {
    for (EntryPoint entryPoint : EntryPoint.ALL) {
      BucketOracle client = fixture.client(slow(10));
      client.call(Operation.HIT, 3, entryPoint);
      assertEquals(7, client.tokens(), () -> "tokens of 10 left after a hit of 3 by " + entryPoint);
      client.call(Operation.HIT, 7, entryPoint);
      assertEquals(
          0, client.tokens(), () -> "tokens of 10 left after hits of 3 and 7 by " + entryPoint);
    }
  }

  @Test
  default void b2_aDenialTakesNothing(BackendFixture fixture) {
    for (EntryPoint entryPoint : EntryPoint.ALL) {
      BucketOracle client = fixture.client(slow(10));
      client.hit(8);
      for (int i = 0; i < 10; i++) {
        client.call(Operation.HIT, 3, entryPoint);
      }
      Assert.granted(client.hit(2), "what was left before ten denials by " + entryPoint);
    }
  }

  @Test
  default void b5_aCostAboveTheCapacityIsImpossibleAndTakesNothing(BackendFixture fixture) {
    Backend backend = fixture.backend();
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
      Assert.that(
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
  default void b6_aCostOfZeroIsGrantedEvenByAnEmptyBucketAndTakesNothing(BackendFixture fixture) {
    for (EntryPoint entryPoint : EntryPoint.ALL) {
      BucketOracle client = fixture.client(slow(2));
      for (long left = 2; left >= 0; left--) {
        client.call(Operation.PEEK, 0, entryPoint);
        client.call(Operation.HIT, 0, entryPoint);
        long expected = left;
        assertEquals(
            expected, client.tokens(), () -> "tokens left after a free hit by " + entryPoint);
        client.hit(1);
      }
    }
  }

  @Test
  default void b12_aPeekPredictsTheHitAndTakesNothing(BackendFixture fixture) {
    for (EntryPoint entryPoint : EntryPoint.ALL) {
      BucketOracle client = fixture.client(slow(10)).exact();
      for (long cost : new long[] {4, 5, 3, 1, 2}) {
        client.call(Operation.PEEK, cost, entryPoint);
        client.call(Operation.PEEK, cost, entryPoint);
        client.call(Operation.HIT, cost, entryPoint);
      }
    }
  }

  @Test
  default void b12_aRefundReturnsTokensUpToTheCapacity(BackendFixture fixture) {
    for (EntryPoint entryPoint : EntryPoint.ALL) {
      BucketOracle client = fixture.client(slow(10));
      client.hit(6);
      long[] answer = client.call(Operation.REFUND, 2, entryPoint);
      assertEquals(
          6,
          answer[0] / client.policy().rate(0).nanosPerToken(),
          () -> "what a refund of 2 to 4 tokens says that it left, by " + entryPoint);
      assertEquals(6, client.tokens(), () -> "tokens after a refund of 2 to 4 by " + entryPoint);
      for (long tooMuch : new long[] {5, 10, 11, Long.MAX_VALUE}) {
        client.call(Operation.REFUND, tooMuch, entryPoint);
        assertEquals(10, client.tokens(), () -> "tokens after a refund of " + tooMuch + " to 10");
        client.hit(10);
        Assert.denied(client.hit(1), "more than the capacity, after a refund of " + tooMuch + ",");
        client.call(Operation.REFUND, 7, entryPoint);
      }
    }
  }

  @Test
  default void b12_aRefundToAFullBucketAddsNothing(BackendFixture fixture) {
    for (long refund : new long[] {0, 1, 10, Long.MAX_VALUE}) {
      BucketOracle client = fixture.client(slow(10));
      client.refund(refund);
      assertEquals(
          10, client.tokens(), () -> "tokens after " + refund + " were given to a full 10");
      Assert.granted(client.hit(10), "all of a full bucket, after a refund of " + refund + ",");
      Assert.denied(client.hit(1), "more than the capacity, after a refund of " + refund + ",");
    }
  }

  @Test
  default void b12_aRefundReturnsTokensToEveryRate(BackendFixture fixture) {
    BucketOracle client = fixture.client(slow(10), slow(20), slow(30));
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

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

/** Capacity, cost, peek and refund, while no tokens refill: B1, B2, B5, B6, B12. */
interface BucketRules {

  /** Rates without refilling during a test; capacities equal to, below and above the limit. */
  List<Rate> SLOW = List.of(slow(10), slow(10).withCapacity(3), slow(10).withCapacity(25), slow(1));

  @Test
  default void b1_aBucketStartsWithItsCapacity(BackendFixture fixture) {
    for (Rate rate : SLOW) {
      BucketOracle client = fixture.client(rate);
      for (long left = rate.capacity(); left > 0; left--) {
        Assert.granted(client.hit(1), "a hit of 1 on a new bucket of " + rate);
      }
      Assert.denied(client.hit(1), "a hit of 1 on a bucket of " + rate + " that is empty");
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
      Assert.granted(
          client.hit(2),
          "a hit of the 2 tokens that were left before ten denials by " + entryPoint);
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
      long capacity = throttle.rates().stream().mapToLong(Rate::capacity).min().orElseThrow();
      Decision before = throttle.peek(client, 0);
      Decision decision = throttle.hit(client, capacity + 1);
      Assert.that(
          decision.impossible(),
          () -> "a cost above the capacity must be reported as impossible: " + decision);
      assertEquals(Optional.empty(), decision.retryAfter(), "retryAfter() of an impossible cost");
      assertEquals(
          before.remaining(),
          decision.remaining(),
          () -> "remaining() of an impossible cost: " + decision);
      assertEquals(
          before.remaining(),
          throttle.peek(client, 0).remaining(),
          () -> "remaining() of a peek after " + decision);
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
            expected, client.tokens(), () -> "tokens left after a hit of 0 by " + entryPoint);
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
      long[] margins = client.call(Operation.REFUND, 2, entryPoint);
      assertEquals(
          6,
          margins[0] / client.policy().rate(0).nanosPerToken(),
          () -> "tokens in the margin of a refund of 2 to 4 tokens by " + entryPoint);
      assertEquals(6, client.tokens(), () -> "tokens after a refund of 2 to 4 by " + entryPoint);
      for (long tooMuch : new long[] {5, 10, 11, Long.MAX_VALUE}) {
        client.call(Operation.REFUND, tooMuch, entryPoint);
        assertEquals(
            10, client.tokens(), () -> "tokens of a capacity of 10 after a refund of " + tooMuch);
        client.hit(10);
        Assert.denied(
            client.hit(1),
            "a hit of 1 after all tokens were taken, and before that a refund of " + tooMuch);
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
          10, client.tokens(), () -> "tokens of a full bucket of 10 after a refund of " + refund);
      Assert.granted(
          client.hit(10), "a hit of the capacity of a full bucket after a refund of " + refund);
      Assert.denied(
          client.hit(1),
          "a hit of 1 after the capacity was taken, and before that a refund of " + refund);
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
          () -> "tokens of " + rate + " after a hit of 10 and a refund of 4");
    }
  }
}

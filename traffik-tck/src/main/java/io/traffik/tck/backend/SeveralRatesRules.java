package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Decision;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import io.traffik.tck.FakeConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Policies with several rates: B9. */
interface SeveralRatesRules {

  @Test
  default void b9_aHitThatOneRateDeniesTakesFromNone(BackendFixture fixture) {
    List<Rate> rates = List.of(slow(20), slow(5), slow(10));
    for (int turn = 0; turn < rates.size(); turn++) {
      List<Rate> turned = new ArrayList<>(rates);
      Collections.rotate(turned, turn);
      for (EntryPoint entryPoint : EntryPoint.ALL) {
        BucketOracle client = fixture.client(turned.toArray(new Rate[0]));
        client.call(Operation.HIT, 3, entryPoint);
        for (int i = 0; i < 5; i++) {
          Assert.denied(client.hit(3), "a hit of 3 with 2 tokens left in one rate");
        }
        assertArrayEquals(left(turned, 3), tokens(client), "tokens left after denials, by rate");
        client.call(Operation.HIT, 2, entryPoint);
        assertArrayEquals(left(turned, 5), tokens(client), "tokens left after hits of 3 and 2");
      }
    }
  }

  @Test
  default void b9_marginsAreInTheOrderOfThePolicysRates(BackendFixture fixture) {
    for (int size : new int[] {1, 2, 3, 7, 16}) {
      Rate[] rates = new Rate[size];
      for (int i = 0; i < size; i++) {
        rates[i] = slow(10 + (i * 5L) % 16);
      }
      BucketOracle client = fixture.client(rates);
      for (EntryPoint entryPoint : EntryPoint.ALL) {
        assertEquals(
            size, client.call(Operation.HIT, 1, entryPoint).length, "the number of margins");
      }
      assertArrayEquals(
          left(List.of(rates), EntryPoint.ALL.size()),
          tokens(client),
          "tokens left in each of " + size + " rates");
    }
  }

  @Test
  default void b9_eachMarginIsThatOfItsRateAlone(BackendFixture fixture) {
    TestTime time = fixture.time();
    BucketOracle client =
        fixture.client(time.tenTokens(), time.tenTokens().withCapacity(5), slow(7)).exact();
    client.hit(4);
    for (long cost : new long[] {2, 4, 5}) {
      client.peek(cost);
      client.hit(cost);
      time.elapse(time.unit() / 2);
    }
  }

  @Test
  default void b4_b9_allRatesGrantAfterTheLongestWait(BackendFixture fixture) {
    TestTime time = fixture.time();
    Rate slower = Rate.of(5, Duration.ofNanos(15 * time.unit()));
    BucketOracle client = fixture.client(time.tenTokens(), slower);
    client.hit(5);
    client.hit(4);
    DenialExpiry.of(client, 2, time).assertEndsOnTime();
  }

  @Test
  default void b9_equalRatesInOnePolicyHaveSeparateBuckets(BackendFixture fixture) {
    BucketOracle client = fixture.client(slow(10), slow(10), slow(10));
    client.hit(3);
    assertArrayEquals(
        left(client.policy().rates(), 3), tokens(client), "tokens left of three equal rates");
    client.refund(1);
    assertArrayEquals(
        left(client.policy().rates(), 2), tokens(client), "tokens after a refund of 1");
  }

  @Test
  default void b9_theDecisionReportsTheDenyingRateAndTheSmallestRemainder(BackendFixture fixture) {
    Backend backend = fixture.backend();
    Throttle throttle =
        Throttle.builder("api")
            .rate(slow(30))
            .rate(slow(10))
            .rate(slow(20))
            .backend(backend)
            .build();
    FakeConnection client = FakeConnection.get("/");
    assertEquals(2, throttle.hit(client, 8).remaining(), "remaining() after a hit of 8");
    Decision denial = throttle.hit(client, 3);
    Assert.denied(denial.allowed(), "a hit of 3 with 2 tokens left in one rate");
    assertEquals(2, denial.remaining(), () -> "remaining() of a denial: " + denial);
    assertEquals(slow(10), denial.rate(), () -> "rate() of a denial: " + denial);
  }

  @Test
  default void b9_theCallerOwnsTheMargins(BackendFixture fixture) {
    Backend backend = fixture.backend();
    QuotaPolicy policy = BackendFixture.policy(slow(10), slow(20));
    BackendCall peek = new BackendCall(Operation.PEEK, policy, "client", "", 0);
    for (EntryPoint entryPoint : EntryPoint.ALL) {
      long[] first = entryPoint.call(backend, peek.with(Operation.PEEK, 1, 0));
      long[] copy = first.clone();
      Arrays.fill(first, -1);
      long[] second = entryPoint.call(backend, peek.with(Operation.PEEK, 2, 0));
      Assert.that(
          first[0] == -1 && first[1] == -1,
          () -> "a call must not change the margins of an earlier call");
      for (int i = 0; i < policy.size(); i++) {
        assertEquals(
            copy[i] / policy.rate(i).nanosPerToken() - 1,
            second[i] / policy.rate(i).nanosPerToken(),
            "tokens after the caller changed the margins of an earlier call by " + entryPoint);
      }
    }
  }

  private static long[] left(List<Rate> rates, long taken) {
    return rates.stream().mapToLong(rate -> rate.capacity() - taken).toArray();
  }

  private static long[] tokens(BucketOracle client) {
    long[] held = client.peek(0);
    for (int i = 0; i < held.length; i++) {
      held[i] /= client.policy().rate(i).nanosPerToken();
    }
    return held;
  }
}

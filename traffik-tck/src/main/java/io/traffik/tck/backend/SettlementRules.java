package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.policy;
import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Charge;
import io.traffik.ConfigurationException;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import io.traffik.tck.FakeConnection;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Costs that are known only after the work, and debts: B14. */
interface SettlementRules {

  long UNBOUNDED = Long.MAX_VALUE;

  @Test
  default void b14_aSettlementTakesTokensThatAreNotThere(BackendFixture fixture) {
    if (!fixture.supportsDebt()) {
      return;
    }
    for (EntryPoint entryPoint : EntryPoint.ALL) {
      BucketOracle client = fixture.client(slow(10));
      client.hit(4);
      client.call(Operation.SETTLE, 5, UNBOUNDED, entryPoint);
      assertEquals(1, client.tokens(), "tokens after a hit of 4 of 10 and a settlement of 5");
      client.call(Operation.SETTLE, 4, UNBOUNDED, entryPoint);
      assertEquals(-3, client.tokens(), "tokens after further 4 tokens were settled");
      client.call(Operation.SETTLE, 30, UNBOUNDED, entryPoint);
      assertEquals(-33, client.tokens(), "tokens after further 30 tokens were settled");
      Assert.denied(client.hit(1), "a hit of 1 on a bucket that owes 33 tokens");
    }
  }

  @Test
  default void b4_b14_aBucketThatOwesDeniesUntilItHasRefilled(BackendFixture fixture) {
    if (!fixture.supportsDebt()) {
      return;
    }
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(time.tenTokens());
    client.hit(8);
    client.settle(5, UNBOUNDED);
    DenialExpiry.ofHit(client, 2, 0, time).assertEndsOnTime();
    client.hit(1);
  }

  @Test
  default void b14_tokensBeyondTheLargestDebtAreReportedAsUnpaid(BackendFixture fixture) {
    if (!fixture.supportsDebt()) {
      return;
    }
    BucketOracle client = fixture.client(slow(10));
    client.hit(10);
    assertEquals(2, client.settle(7, 5), "unpaid tokens of 7 if a bucket may owe 5");
    assertEquals(-5, client.tokens(), "tokens of a bucket that may owe 5");
    assertEquals(3, client.settle(3, 5), "unpaid tokens of 3 if a bucket already owes 5");
    assertEquals(0, client.settle(3, 8), "unpaid tokens of 3 if a bucket owes 5 and may owe 8");
    assertEquals(4, client.settle(4, 0), "unpaid tokens of 4 if a bucket may owe nothing");
    assertEquals(-8, client.tokens(), "tokens after a settlement that may owe less than before");
    long unpaid = client.settle(UNBOUNDED, UNBOUNDED);
    Assert.that(unpaid > 0, () -> "a settlement of 2^63 - 1 tokens must leave some unpaid");
    Assert.denied(client.hit(1), "a hit of 1 on a bucket that owes as much as possible");
  }

  @Test
  default void b9_b14_theLargestNumberOfUnpaidTokensIsReported(BackendFixture fixture) {
    if (!fixture.supportsDebt()) {
      return;
    }
    BucketOracle client = fixture.client(slow(20), slow(10), slow(30));
    assertEquals(85, client.settle(100, 5), "unpaid tokens of 100 by the rate with fewest tokens");
    assertArrayEquals(new long[] {-5, -5, -5}, tokens(client), "tokens, each rate owes 5");
    client.refund(10);
    assertEquals(0, client.settle(1, 5), "unpaid tokens of 1 after a refund of 10");
    assertArrayEquals(new long[] {4, 4, 4}, tokens(client), "tokens after a refund of 10");
  }

  private static long[] tokens(BucketOracle client) {
    long[] held = client.peek(0);
    for (int i = 0; i < held.length; i++) {
      held[i] = Math.floorDiv(held[i], client.policy().rate(i).nanosPerToken());
    }
    return held;
  }

  @Test
  default void b12_b14_aRefundPaysTheDebtFirstAndAddsNothingAboveTheCapacity(
      BackendFixture fixture) {
    if (!fixture.supportsDebt()) {
      return;
    }
    BucketOracle client = fixture.client(slow(10));
    client.settle(15, UNBOUNDED);
    client.refund(3);
    assertEquals(-2, client.tokens(), "tokens of a bucket that owed 5 after a refund of 3");
    client.refund(6);
    assertEquals(4, client.tokens(), "tokens of a bucket that owed 2 after a refund of 6");
    client.refund(7);
    assertEquals(10, client.tokens(), "tokens of a capacity of 10 after a refund of 7 to 4 tokens");
  }

  @Test
  default void b6_b14_aCostOfZeroIsGrantedByABucketThatOwes(BackendFixture fixture) {
    if (!fixture.supportsDebt()) {
      return;
    }
    for (EntryPoint entryPoint : EntryPoint.ALL) {
      BucketOracle client = fixture.client(slow(2), slow(9));
      client.settle(5, UNBOUNDED);
      client.call(Operation.HIT, 0, entryPoint);
      client.call(Operation.PEEK, 0, entryPoint);
      client.call(Operation.REFUND, 0, entryPoint);
      client.call(Operation.SETTLE, 0, 0, entryPoint);
      assertArrayEquals(
          new long[] {-3, 4}, tokens(client), () -> "tokens after calls of 0 by " + entryPoint);
    }
  }

  @Test
  default void b14_concurrentSettlementsAddUp(BackendFixture fixture) throws Exception {
    if (!fixture.supportsDebt()) {
      return;
    }
    QuotaPolicy policy = policy(slow(100), slow(1_000));
    BackendCall settle = new BackendCall(Operation.SETTLE, policy, "client", "", 3, UNBOUNDED);
    fixture.time().injectDelays();
    for (int threads : List.of(2, 8, 32)) {
      List<Backend> backends = fixture.backends(4);
      ConcurrentTasks.run(
          threads,
          thread -> {
            for (int i = 0; i < 512 / threads; i++) {
              backends.get(thread % backends.size()).decide(settle);
            }
          });
      long[] held = backends.get(0).decide(settle.with(Operation.PEEK, 0, 0));
      for (int i = 0; i < held.length; i++) {
        Rate rate = policy.rate(i);
        assertEquals(
            rate.capacity() - 3 * 512,
            Math.floorDiv(held[i], rate.nanosPerToken()),
            () -> "tokens of " + rate + " after " + threads + " threads settled 512 times 3");
      }
    }
  }

  /** A backend that does not support debt is not tested for it; throttles must refuse instead. */
  @Test
  default void b13_b14_throttlesWaitAndSettleOnlyIfTheBackendSupportsDebt(BackendFixture fixture) {
    Backend backend = fixture.backend();
    Rate rate = slow(10);
    Duration patience = Duration.ofNanos(3 * rate.nanosPerToken());
    Throttle throttle =
        Throttle.builder("api").rate(rate).maxWait(patience).maxDebt(2).backend(backend).build();
    if (backend.supportsDebt()) {
      assertWaitsAndSettles(throttle, patience);
    } else {
      assertRefuses(throttle, patience, backend.namespace());
    }
  }

  private static void assertWaitsAndSettles(Throttle throttle, Duration patience) {
    FakeConnection client = FakeConnection.get("/");
    Charge charge = throttle.charge(client, 6);
    assertEquals(0, charge.settle(10).unpaid(), "unpaid tokens of 10, with 10 tokens there");
    Charge waiting = throttle.reserve(client, 2, patience);
    long interval = throttle.rates().get(0).nanosPerToken();
    Assert.that(
        waiting.decision().delay().toNanos() > interval,
        () -> "a hit of 2 on an empty bucket must wait: " + waiting.decision());
    waiting.refund();
    Charge next = throttle.reserve(client, 1, patience);
    assertEquals(2, next.settle(4).unpaid(), "unpaid tokens if 1 hit waits and 2 may be owed");
  }

  private static void assertRefuses(Throttle throttle, Duration patience, String namespace) {
    FakeConnection client = FakeConnection.get("/");
    Charge charge = throttle.charge(client, 6);
    Map<String, Executable> refused = new LinkedHashMap<>();
    refused.put("reserve", () -> throttle.reserve(client, 5, patience));
    refused.put("reserveAsync", () -> EntryPoint.await(throttle.reserveAsync(client, 5, patience)));
    refused.put("settle", () -> charge.settle(7));
    refused.put("settleAsync", () -> EntryPoint.await(charge.settleAsync(8)));
    refused.forEach(
        (name, call) -> {
          Throwable thrown =
              assertThrows(ConfigurationException.class, call, () -> name + " without debt");
          Assert.that(
              String.valueOf(thrown.getMessage()).contains("\"" + namespace + "\""),
              () -> "the message of " + name + " must name the backend: " + thrown.getMessage());
        });
    assertEquals(4, throttle.peek(client, 0).remaining(), "tokens of 10 after a hit of 6");
    charge.settle(2);
    assertEquals(8, throttle.peek(client, 0).remaining(), "tokens of 10 after a hit settled at 2");
  }
}

package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.oneToken;
import static io.traffik.tck.backend.BackendFixture.policy;
import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Decision;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.spi.BackendCall;
import io.traffik.tck.FakeConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Hits that may wait for their tokens: B13. */
interface ReservationRules {

  @Test
  default void b13_reservationsProceedInOrderAtExactIntervals(BackendFixture fixture) {
    if (!fixture.supportsDebt()) {
      return;
    }
    TestTime time = fixture.time();
    CallCounter backend = new CallCounter(fixture.backend());
    int hits = 40;
    Duration maxWait = Duration.ofNanos(hits * time.unit());
    Throttle throttle =
        Throttle.builder("api")
            .rate(oneToken(time.unit()))
            .maxWait(maxWait)
            .backend(backend)
            .build();
    long start = time.now();
    long earliest = start;
    long latest = start;
    for (int i = 0; i < hits; i++) {
      long before = time.now();
      Decision decision = throttle.reserve(FakeConnection.get("/"), 1, maxWait).decision();
      long after = time.now();
      // In real time the bucket may have refilled before the call.
      earliest = Math.max(earliest, before);
      latest = Math.max(latest, after);
      long delay = decision.delay().toNanos();
      long drift = time.drift(after - start);
      long due = latest - start;
      Assert.that(
          after + delay + drift >= earliest && before + delay - drift <= latest,
          () ->
              "the delay of the hit that is due after " + FailureText.time(due) + ": " + decision);
      earliest += time.unit();
      latest += time.unit();
    }
    assertEquals(hits, backend.calls(), "calls of the backend by hits that wait");
  }

  @Test
  default void b2_b13_aHitIsGrantedIfItsTokensAreThereWithinItsPatience(BackendFixture fixture) {
    if (!fixture.supportsDebt()) {
      return;
    }
    TestTime time = fixture.time();
    for (EntryPoint entryPoint : EntryPoint.ALL) {
      BucketOracle client = fixture.client(time.tenTokens()).exact();
      client.hit(9);
      long wait = 2 * time.unit();
      for (long patience : new long[] {0, wait - time.clockResolution(), wait}) {
        client.call(Operation.PEEK, 3, patience, entryPoint);
        client.call(Operation.HIT, 3, patience, entryPoint);
      }
      client.call(Operation.HIT, 10, 12 * time.unit(), entryPoint);
    }
  }

  @Test
  default void b4_b13_theWaitOfADenialEndsWhenThePatienceSuffices(BackendFixture fixture) {
    if (!fixture.supportsDebt()) {
      return;
    }
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(time.tenTokens());
    client.hit(10);
    client.hit(1, time.unit());
    DenialExpiry.ofHit(client, 4, 3 * time.unit(), time).assertEndsOnTime();
  }

  @Test
  default void b13_aLaterHitNeverPassesAReservation(BackendFixture fixture) {
    if (!fixture.supportsDebt()) {
      return;
    }
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(oneToken(time.unit()));
    client.hit(1);
    client.reserve(1, 2 * time.unit());
    client.hit(1);
    time.elapse(time.unit());
    // The token that is there now belongs to the reservation.
    client.hit(1);
    client.reserve(1, 2 * time.unit());
    time.elapse(time.unit());
    client.hit(1);
    time.elapse(time.unit());
    client.hit(1);
  }

  @Test
  default void b13_cancellingTheLastReservationReturnsItsTokens(BackendFixture fixture) {
    if (!fixture.supportsDebt()) {
      return;
    }
    TestTime time = fixture.time();
    long interval = slow(1).nanosPerToken();
    for (EntryPoint entryPoint : EntryPoint.ALL) {
      BucketOracle client = fixture.client(slow(1)).exact();
      client.hit(1);
      client.reserve(1, 9 * interval);
      long second = time.now() + client.reserve(1, 9 * interval);
      long third = time.now() + client.reserve(1, 9 * interval);
      client.call(Operation.REFUND, 1, third - time.now(), entryPoint);
      client.call(Operation.REFUND, 1, second - time.now(), entryPoint);
      long wait = client.reserve(1, 9 * interval);
      assertEquals(
          2,
          Math.round((double) wait / interval),
          () ->
              "tokens before the next hit after the two last of three were cancelled by "
                  + entryPoint);
    }
  }

  @Test
  default void b3_b13_anEarlierReservationThatIsCancelledLapses(BackendFixture fixture) {
    if (!fixture.supportsDebt()) {
      return;
    }
    TestTime time = fixture.time();
    long interval = slow(1).nanosPerToken();
    BucketOracle client = fixture.client(slow(1)).exact();
    client.hit(1);
    long second = time.now() + client.reserve(1, 9 * interval);
    client.reserve(1, 9 * interval);
    client.reserve(1, 9 * interval);
    client.cancel(1, second - time.now());
    long wait = client.reserve(1, 9 * interval);
    assertEquals(
        4,
        Math.round((double) wait / interval),
        "tokens before the next hit, if hits proceed after 0, 1, 2 and 3 and the second is"
            + " cancelled");
  }

  @Test
  default void b3_b13_randomCancellationsNeverLetTwoHitsProceedForOneToken(BackendFixture fixture) {
    if (fixture.supportsDebt()) {
      for (int i = 0; i < Math.max(2, fixture.time().historyCount() / 10); i++) {
        new RandomReservations(fixture, new SeededRandom(fixture.seed() + i)).run();
      }
    }
  }

  @Test
  default void b12_b13_aRefundReturnsItsTokensWhileOthersWait(BackendFixture fixture) {
    if (!fixture.supportsDebt()) {
      return;
    }
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(time.tenTokens()).exact();
    client.hit(10);
    client.reserve(2, 9 * time.unit());
    client.reserve(3, 9 * time.unit());
    client.refund(4);
    client.reserve(2, 9 * time.unit());
    client.refund(Long.MAX_VALUE);
    assertEquals(10, client.tokens(), "tokens of 10 after a refund of all tokens");
  }

  @Test
  default void b9_b13_aReservationTakesFromAllRatesAndWaitsForTheSlowest(BackendFixture fixture) {
    if (!fixture.supportsDebt()) {
      return;
    }
    TestTime time = fixture.time();
    Rate slower = Rate.of(5, Duration.ofNanos(15 * time.unit()));
    BucketOracle client = fixture.client(time.tenTokens(), slower).exact();
    client.hit(4);
    client.hit(3, 5 * time.unit());
    client.hit(3, 6 * time.unit());
    client.hit(1, 8 * time.unit());
    long last = time.now() + client.reserve(3, 30 * time.unit());
    // Only the slower rate waits. In real time the reservation may have become due.
    client.cancel(3, Math.max(1, last - time.now()));
    client.reserve(1, 30 * time.unit());
  }

  @Test
  default void b6_b13_aCostOfZeroIsGrantedWhileHitsWait(BackendFixture fixture) {
    if (!fixture.supportsDebt()) {
      return;
    }
    TestTime time = fixture.time();
    for (EntryPoint entryPoint : EntryPoint.ALL) {
      BucketOracle client = fixture.client(slow(3)).exact();
      client.hit(3);
      client.reserve(2, slow(3).fillNanos());
      client.call(Operation.HIT, 0, entryPoint);
      client.call(Operation.PEEK, 0, entryPoint);
      client.call(Operation.HIT, 0, time.unit(), entryPoint);
      assertEquals(-2, client.tokens(), "tokens of a bucket for two of which a hit waits");
    }
  }

  @Test
  default void b13_concurrentReservationsProceedOneAfterTheOther(BackendFixture fixture)
      throws Exception {
    if (!fixture.supportsDebt()) {
      return;
    }
    Rate rate = slow(1_000).withCapacity(1);
    long interval = rate.nanosPerToken();
    int hits = 256;
    fixture.time().injectDelays();
    for (int threads : List.of(2, 8, 32)) {
      List<Backend> backends = fixture.backends(4);
      BackendCall call =
          new BackendCall(Operation.HIT, policy(rate), "client", "", 1, hits * interval);
      AtomicIntegerArray places = new AtomicIntegerArray(hits + 1);
      ConcurrentTasks.run(
          threads,
          thread -> {
            Backend backend = backends.get(thread % backends.size());
            for (int i = 0; i < hits / threads; i++) {
              long wait = BucketOracle.waitNanos(backend.decide(call));
              places.incrementAndGet((int) ((wait + interval / 2) / interval));
            }
          });
      for (int place = 0; place < hits; place++) {
        int waiting = place;
        assertEquals(
            1,
            places.get(place),
            () -> "hits of " + threads + " threads that wait for " + waiting + " others");
      }
    }
  }
}

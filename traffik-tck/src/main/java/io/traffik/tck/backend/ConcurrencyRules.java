package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.policy;
import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/**
 * Concurrent threads together get exactly the tokens that one thread would get: B3. If backends of
 * one namespace share buckets, the threads use several backends, as several servers do.
 */
interface ConcurrencyRules {

  @Test
  default void b3_concurrentHitsGetExactlyTheCapacity(BackendFixture fixture) throws Exception {
    for (int threads : ConcurrentTasks.SIZES) {
      LastTokenRace race = new LastTokenRace(threads);
      exactlyTheCapacityIsGranted(fixture, race, policy(slow(race.capacity())));
    }
  }

  @Test
  default void b3_b9_concurrentHitsGetTheSmallestCapacityOfSeveralRates(BackendFixture fixture)
      throws Exception {
    for (int threads : ConcurrentTasks.SIZES) {
      LastTokenRace race = new LastTokenRace(threads);
      long capacity = race.capacity();
      exactlyTheCapacityIsGranted(
          fixture, race, policy(slow(2 * capacity), slow(capacity), slow(3 * capacity)));
    }
  }

  private static void exactlyTheCapacityIsGranted(
      BackendFixture fixture, LastTokenRace race, QuotaPolicy policy) throws InterruptedException {
    exactlyTheCapacityIsGranted(
        fixture,
        race,
        policy,
        (backend, client, attempts) -> {
          long granted = 0;
          BackendCall call = new BackendCall(Operation.HIT, policy, client, "", 1);
          for (int i = 0; i < attempts; i++) {
            granted += call.isGranted(backend.decide(call)) ? 1 : 0;
          }
          return granted;
        });
  }

  @Test
  default void b3_t7_concurrentAsynchronousHitsGetExactlyTheCapacity(BackendFixture fixture)
      throws Exception {
    for (int threads : ConcurrentTasks.SIZES) {
      LastTokenRace race = new LastTokenRace(threads);
      Rate rate = slow(race.capacity());
      boolean single = threads == 2 || threads == 64;
      QuotaPolicy policy = single ? policy(rate) : policy(rate, slow(2 * race.capacity()));
      exactlyTheCapacityIsGranted(
          fixture,
          race,
          policy,
          (backend, client, attempts) -> {
            BackendCall call = new BackendCall(Operation.HIT, policy, client, "", 1);
            List<CompletionStage<long[]>> stages = new ArrayList<>();
            for (int i = 0; i < attempts; i++) {
              stages.add(backend.decideAsync(call));
            }
            return stages.stream().filter(stage -> call.isGranted(EntryPoint.await(stage))).count();
          });
    }
  }

  /** The hits of one thread. */
  interface Attempts {

    long granted(Backend backend, String client, int attempts);
  }

  private static void exactlyTheCapacityIsGranted(
      BackendFixture fixture, LastTokenRace race, QuotaPolicy policy, Attempts attempt)
      throws InterruptedException {
    fixture.time().injectDelays();
    List<Backend> backends = fixture.backends(4);
    AtomicLongArray granted =
        race.run(
            (thread, round, attempts) ->
                attempt.granted(
                    backends.get(thread % backends.size()), "client " + round, attempts));
    for (int round = 0; round < LastTokenRace.ROUNDS; round++) {
      assertEquals(
          race.capacity(),
          granted.get(round),
          () -> "tokens granted to " + race.threads() + " concurrent threads by " + policy);
      long[] held =
          backends.get(0).decide(new BackendCall(Operation.PEEK, policy, "client " + round, "", 0));
      for (int i = 0; i < held.length; i++) {
        Rate rate = policy.rate(i);
        assertEquals(
            rate.capacity() - race.capacity(),
            held[i] / rate.nanosPerToken(),
            () -> "tokens left of " + rate + " after " + race.threads() + " concurrent threads");
      }
    }
  }

  @Test
  default void b3_eachOfManyKeysIsGrantedExactlyItsCapacity(BackendFixture fixture)
      throws Exception {
    int keys = 50;
    long capacity = 10;
    QuotaPolicy policy = policy(slow(capacity), slow(2 * capacity));
    fixture.time().injectDelays();
    for (int threads : ConcurrentTasks.SIZES) {
      List<Backend> backends = fixture.backends(4);
      AtomicLongArray granted = new AtomicLongArray(keys);
      ConcurrentTasks.run(
          threads,
          thread -> {
            Backend backend = backends.get(thread % backends.size());
            EntryPoint entryPoint = EntryPoint.ALL.get(thread % EntryPoint.ALL.size());
            for (int i = 0; i < 2L * keys * capacity / threads; i++) {
              int key = (i * threads + thread) % keys;
              BackendCall call = new BackendCall(Operation.HIT, policy, "client " + key, "", 1);
              granted.addAndGet(key, call.isGranted(entryPoint.call(backend, call)) ? 1 : 0);
            }
          });
      for (int key = 0; key < keys; key++) {
        int client = key;
        assertEquals(
            capacity,
            granted.get(key),
            () ->
                "tokens granted to client "
                    + client
                    + " of "
                    + keys
                    + " by "
                    + threads
                    + " concurrent threads");
      }
    }
  }

  @Test
  default void b3_b12_concurrentHitsAndRefundsAddUp(BackendFixture fixture) throws Exception {
    QuotaPolicy policy = policy(slow(500), slow(1_000));
    BackendCall hit = new BackendCall(Operation.HIT, policy, "client", "", 3);
    fixture.time().injectDelays();
    for (int threads : ConcurrentTasks.SIZES) {
      List<Backend> backends = fixture.backends(4);
      long taken =
          ConcurrentTasks.sum(
              threads,
              thread -> {
                Backend backend = backends.get(thread % backends.size());
                long sum = 0;
                for (int i = 0; i < 1_024 / threads; i++) {
                  if (hit.isGranted(backend.decide(hit))) {
                    backend.decide(hit.with(Operation.REFUND, i % 4, 0));
                    sum += 3 - i % 4;
                  }
                }
                return sum;
              });
      long[] held =
          backends.get(0).decide(new BackendCall(Operation.PEEK, policy, "client", "", 0));
      for (int i = 0; i < held.length; i++) {
        Rate rate = policy.rate(i);
        assertEquals(
            rate.capacity() - taken,
            held[i] / rate.nanosPerToken(),
            () ->
                "tokens left of "
                    + rate
                    + " after "
                    + threads
                    + " concurrent threads took "
                    + taken);
      }
    }
  }

  @Test
  default void b3_concurrentHitsGetExactlyTheRefilledTokens(BackendFixture fixture)
      throws Exception {
    TestTime time = fixture.time();
    Rate rate = Rate.of(1_000, Duration.ofNanos(10 * time.unit()));
    time.injectDelays();
    for (int threads : ConcurrentTasks.SIZES) {
      List<Backend> backends = fixture.backends(4);
      long before = time.now();
      Assert.granted(
          isGranted(backends.get(0), rate, rate.capacity()),
          "a hit of the capacity of a full bucket");
      long drained = time.now();
      long granted =
          ConcurrentTasks.sum(
              threads,
              thread -> {
                long sum = 0;
                for (int i = 0; i < 1_024 / threads; i++) {
                  if (thread == 0) {
                    time.elapse(rate.nanosPerToken() * 3 / 2);
                  }
                  sum += isGranted(backends.get(thread % backends.size()), rate, 1) ? 1 : 0;
                }
                return sum;
              });
      long last = time.now();
      for (long i = 0; i < rate.capacity() && isGranted(backends.get(0), rate, 1); i++) {
        granted++;
        last = time.now();
      }
      assertRefilled(time, rate, granted, last - drained, time.now() - before);
    }
  }

  private static boolean isGranted(Backend backend, Rate rate, long cost) {
    BackendCall call = new BackendCall(Operation.HIT, policy(rate), "client", "", cost);
    return call.isGranted(backend.decide(call));
  }

  /** Asserts that the granted tokens are those that refilled, given bounds of the elapsed time. */
  private static void assertRefilled(
      TestTime time, Rate rate, long granted, long shortest, long longest) {
    BigInteger due = GrantLog.refillNanos(rate, BigInteger.valueOf(granted));
    Assert.that(
        due.compareTo(BigInteger.valueOf(longest + time.drift(longest))) <= 0,
        () -> rate + " must not grant " + granted + " tokens within " + FailureText.time(longest));
    // A bucket that was full for some time, on a busy machine, may have granted less.
    Assert.that(
        longest >= rate.fillNanos()
            || (granted + 1) * rate.nanosPerToken() + time.tolerance(rate, shortest) > shortest,
        () ->
            "all refilled tokens must be granted, but only "
                + granted
                + " tokens of "
                + rate
                + " were granted in "
                + FailureText.time(shortest));
  }
}

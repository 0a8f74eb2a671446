package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Hits on several keys that are all charged, or none: B15. */
interface AllOrNothingRules {

  /** The two methods that decide hits together. */
  enum TogetherForm {
    DECIDE_TOGETHER {
      @Override
      List<long[]> decide(Backend backend, List<BackendCall> hits) {
        return backend.decideTogether(hits);
      }
    },
    DECIDE_TOGETHER_ASYNC {
      @Override
      List<long[]> decide(Backend backend, List<BackendCall> hits) {
        return EntryPoint.await(backend.decideTogetherAsync(hits));
      }
    };

    abstract List<long[]> decide(Backend backend, List<BackendCall> hits);

    /** Returns whether all hits are granted. */
    boolean isGranted(Backend backend, List<BackendCall> hits) {
      return areGranted(hits, decide(backend, hits));
    }
  }

  private static boolean areGranted(List<BackendCall> hits, List<long[]> answers) {
    assertEquals(hits.size(), answers.size(), "answers to hits that are decided together");
    for (int i = 0; i < hits.size(); i++) {
      if (!hits.get(i).isGranted(answers.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static BackendCall hit(Rate rate, String client, long cost) {
    QuotaPolicy policy = QuotaPolicy.of("limit of " + client, List.of(rate));
    return new BackendCall(Operation.HIT, policy, client, "", cost);
  }

  private static long tokens(Backend backend, BackendCall bucket) {
    long[] margins = backend.decide(bucket.with(Operation.PEEK, 0, 0));
    return margins[0] / bucket.policy().rate(0).nanosPerToken();
  }

  @Test
  default void b15_noHitsHaveNoAnswersAndOneHitIsDecidedAlone(BackendFixture fixture) {
    Backend backend = fixture.backend();
    for (TogetherForm form : TogetherForm.values()) {
      BackendCall one = hit(slow(1), fixture.freshClient(), 1);
      assertEquals(0, form.decide(backend, List.of()).size(), "answers to no hits by " + form);
      Assert.granted(form.isGranted(backend, List.of(one)), "the only hit by " + form);
      Assert.denied(form.isGranted(backend, List.of(one)), "a second hit by " + form);
    }
  }

  @Test
  default void b15_onlyPlainHitsAreDecidedTogether(BackendFixture fixture) {
    Backend backend = fixture.backend();
    BackendCall hit = hit(slow(9), "client", 1);
    for (TogetherForm form : TogetherForm.values()) {
      for (BackendCall other :
          List.of(
              hit.with(Operation.REFUND, 1, 0),
              hit.with(Operation.PEEK, 1, 0),
              hit.with(Operation.HIT, 1, 1))) {
        assertThrows(
            IllegalArgumentException.class,
            () -> form.decide(backend, List.of(hit, other)),
            () -> form + " of a hit and of " + other);
      }
    }
    assertEquals(9, tokens(backend, hit), "tokens of 9 after rejected calls");
  }

  @Test
  default void b15_randomHitsAreAllChargedOrNone(BackendFixture fixture) {
    TestTime time = fixture.time();
    assertAllOrNothing(fixture, slow(15));
    assertAllOrNothing(fixture, time.tenTokens(), slow(12));
  }

  /** Compares answers with the model: granted ones with those to hits, others with peeks. */
  private static void assertAllOrNothing(BackendFixture fixture, Rate... rates) {
    SeededRandom random = new SeededRandom(fixture.seed());
    Backend backend = fixture.backend();
    TestTime time = fixture.time();
    for (TogetherForm form : TogetherForm.values()) {
      List<BucketOracle> oracles = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        QuotaPolicy policy = BackendFixture.policy(rates);
        oracles.add(new BucketOracle(backend, time, policy, fixture.freshClient()).exact());
      }
      for (int round = 0; round < 30; round++) {
        List<BucketOracle> clients = new ArrayList<>(oracles);
        List<BackendCall> hits = new ArrayList<>();
        clients.removeIf(client -> random.between(0, 2) == 0);
        for (BucketOracle client : clients) {
          hits.add(client.backendCall(Operation.HIT, random.between(0L, 3L), 0));
        }
        long before = time.now();
        List<long[]> answers = form.decide(backend, hits);
        long after = time.now();
        Operation operation = areGranted(hits, answers) ? Operation.HIT : Operation.PEEK;
        for (int i = 0; i < hits.size(); i++) {
          BackendCall call = hits.get(i).with(operation, hits.get(i).cost(), 0);
          clients.get(i).check(call, answers.get(i), before, after);
        }
        time.elapse(time.unit());
      }
    }
  }

  @Test
  default void b15_b2_aDeniedHitTakesNothingFromTheOthersInAnyOrder(BackendFixture fixture) {
    Backend backend = fixture.backend();
    for (TogetherForm form : TogetherForm.values()) {
      BackendCall shared = hit(slow(20), fixture.freshClient(), 1);
      BackendCall own = hit(slow(3), fixture.freshClient(), 2);
      Assert.granted(form.isGranted(backend, List.of(shared, own)), "hits that both fit, " + form);
      Assert.denied(form.isGranted(backend, List.of(shared, own)), "own limit last, " + form);
      Assert.denied(form.isGranted(backend, List.of(own, shared)), "own limit first, " + form);
      assertEquals(19, tokens(backend, shared), "tokens of 20 after denials, " + form);
      assertEquals(1, tokens(backend, own), "tokens of 3 after denials, " + form);
    }
  }

  @Test
  default void b15_hitsOnOneBucketNeedTheTokensOfAll(BackendFixture fixture) {
    Backend backend = fixture.backend();
    for (TogetherForm form : TogetherForm.values()) {
      BackendCall two = hit(slow(5), fixture.freshClient(), 2);
      BackendCall free = two.with(Operation.HIT, 0, 0);
      Assert.denied(form.isGranted(backend, List.of(two, two, two)), "6 tokens of 5, " + form);
      assertEquals(5, tokens(backend, two), "tokens of 5 after a denial, " + form);
      Assert.granted(form.isGranted(backend, List.of(two, free, two)), "4 tokens of 5, " + form);
      assertEquals(1, tokens(backend, two), "tokens of 5 after hits of 4, " + form);
    }
  }

  @Test
  default void b15_b2_aClientAtItsLimitNeverTakesTokensFromASharedBucket(BackendFixture fixture)
      throws InterruptedException {
    fixture.time().injectDelays();
    BackendCall shared = hit(slow(20), "everybody", 1);
    BackendCall own = hit(slow(1), "client", 1);
    for (int threads : List.of(2, 4, 8)) {
      List<Backend> backends = fixture.backends(4);
      backends.get(0).decide(own);
      AtomicInteger attackers = new AtomicInteger(threads - 1);
      ConcurrentTasks.run(
          threads,
          thread -> {
            Backend backend = backends.get(thread % backends.size());
            if (thread == 0) {
              do {
                assertEquals(20, tokens(backend, shared), "tokens of 20 while all hits are denied");
              } while (attackers.get() > 0);
              return;
            }
            try {
              for (int i = 0; i < 512 / threads; i++) {
                TogetherForm form = TogetherForm.values()[i % 2];
                List<BackendCall> hits = i % 3 == 0 ? List.of(own, shared) : List.of(shared, own);
                Assert.denied(form.isGranted(backend, hits), "a hit of a client at its limit");
              }
            } finally {
              attackers.decrementAndGet();
            }
          });
    }
  }

  @Test
  default void b15_b3_concurrentHitsOnSeveralKeysAddUp(BackendFixture fixture)
      throws InterruptedException {
    fixture.time().injectDelays();
    BackendCall shared = hit(slow(100), "everybody", 1);
    List<BackendCall> clients = List.of(hit(slow(40), "client 0", 1), hit(slow(40), "client 1", 1));
    for (int threads : List.of(2, 4, 8)) {
      List<Backend> backends = fixture.backends(4);
      long granted =
          ConcurrentTasks.sum(
              threads,
              thread -> {
                BackendCall own = clients.get(thread % 2);
                long sum = 0;
                for (int i = 0; i < 512 / threads; i++) {
                  TogetherForm form = TogetherForm.values()[i % 2];
                  List<BackendCall> hits = i % 3 == 0 ? List.of(own, shared) : List.of(shared, own);
                  sum += form.isGranted(backends.get(thread % backends.size()), hits) ? 1 : 0;
                }
                return sum;
              });
      Backend backend = backends.get(0);
      // A hit may be denied because of tokens that a concurrent one was about to return.
      for (BackendCall own : clients) {
        while (TogetherForm.DECIDE_TOGETHER.isGranted(backend, List.of(shared, own))) {
          granted++;
        }
      }
      assertEquals(80, granted, "hits granted to two clients of 40 tokens");
      assertEquals(20, tokens(backend, shared), "tokens of 100 after 80 hits");
      for (BackendCall own : clients) {
        assertEquals(0, tokens(backend, own), "tokens of " + own.identity() + " after 40 hits");
      }
    }
  }
}

package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several calls at once, which are decided in order: B15. */
interface BatchRules {

  /** The two methods that decide a batch. */
  enum BatchForm {
    DECIDE_ALL {
      @Override
      List<long[]> decide(Backend backend, List<BackendCall> calls) {
        return backend.decideAll(calls);
      }
    },
    DECIDE_ALL_ASYNC {
      @Override
      List<long[]> decide(Backend backend, List<BackendCall> calls) {
        return EntryPoint.await(backend.decideAllAsync(calls));
      }
    };

    abstract List<long[]> decide(Backend backend, List<BackendCall> calls);
  }

  @Test
  default void b15_anEmptyBatchHasNoAnswers(BackendFixture fixture) {
    Backend backend = fixture.backend();
    for (BatchForm form : BatchForm.values()) {
      assertEquals(0, form.decide(backend, List.of()).size(), "answers to no calls by " + form);
    }
  }

  @Test
  default void b15_randomBatchesOnOneKeyDecideAsSingleCallsInOrder(BackendFixture fixture) {
    TestTime time = fixture.time();
    assertDecidesInOrder(fixture, List.of(slow(40)), 1);
    assertDecidesInOrder(fixture, List.of(time.tenTokens()), 1);
    assertDecidesInOrder(fixture, List.of(slow(60), time.tenTokens(), slow(50)), 1);
  }

  @Test
  default void b15_k1_randomBatchesOnSeveralKeysDecideAsSingleCallsInOrder(BackendFixture fixture) {
    TestTime time = fixture.time();
    assertDecidesInOrder(fixture, List.of(slow(15)), 7);
    assertDecidesInOrder(fixture, List.of(time.tenTokens(), slow(12)), 20);
  }

  private static void assertDecidesInOrder(BackendFixture fixture, List<Rate> rates, int clients) {
    SeededRandom random = new SeededRandom(fixture.seed());
    Backend backend = fixture.backend();
    for (BatchForm form : BatchForm.values()) {
      List<BucketOracle> oracles = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        oracles.add(
            new BucketOracle(
                    backend,
                    fixture.time(),
                    BackendFixture.policy(rates.toArray(new Rate[0])),
                    fixture.freshClient())
                .exact());
      }
      for (int round = 0; round < 3; round++) {
        decide(fixture.time(), backend, form, random, oracles);
        fixture.time().elapse(fixture.time().unit() * round);
      }
    }
  }

  /** Decides a batch of 100 calls, and compares each answer with that to a single call. */
  private static void decide(
      TestTime time,
      Backend backend,
      BatchForm form,
      SeededRandom random,
      List<BucketOracle> oracles) {
    List<BucketOracle> clients = new ArrayList<>();
    List<BackendCall> calls = new ArrayList<>();
    while (calls.size() < 100) {
      BucketOracle client = random.oneOf(oracles);
      clients.add(client);
      calls.add(call(client, random, backend.supportsDebt(), time));
    }
    long before = time.now();
    List<long[]> answers = form.decide(backend, calls);
    long after = time.now();
    assertEquals(calls.size(), answers.size(), () -> "answers to a batch by " + form);
    for (int i = 0; i < calls.size(); i++) {
      clients.get(i).check(calls.get(i), answers.get(i), before, after);
    }
  }

  private static BackendCall call(
      BucketOracle client, SeededRandom random, boolean supportsDebt, TestTime time) {
    long cost = random.between(0L, 4L);
    return switch (random.between(0, supportsDebt ? 9 : 7)) {
      case 0 -> client.backendCall(Operation.PEEK, cost, 0);
      case 1, 2 -> client.backendCall(Operation.REFUND, cost, 0);
      case 8 -> client.backendCall(Operation.HIT, cost, 3 * time.unit());
      case 9 -> client.backendCall(Operation.SETTLE, cost, 2);
      default -> client.backendCall(Operation.HIT, cost, 0);
    };
  }
}

package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.memory.Policies;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several calls in one call of a backend (rule B15). */
class StoreBatchTest {

  private static final QuotaPolicy TEN = Policies.perYear(10);
  private static final long TOKEN = TEN.rate(0).nanosPerToken();

  private final SettableWallClock time = new SettableWallClock();
  private final TestStore store = new TestStore(time);
  private final FaultyStoreBackend backend = new FaultyStoreBackend("app", store, time);

  private static BackendCall call(Operation operation, String identity, long cost) {
    return new BackendCall(operation, TEN, identity, "", cost);
  }

  private List<long[]> decideAll(List<BackendCall> calls, boolean async) throws Exception {
    if (!async) {
      return backend.decideAll(calls);
    }
    CompletableFuture<List<long[]>> answers = backend.decideAllAsync(calls).toCompletableFuture();
    assertThat(answers).isDone();
    try {
      return answers.get();
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }

  @Test
  void b13_b14_debtsAreSupported() {
    assertThat(backend.supportsDebt()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void b15_oneHundredHitsOnAKeyAreOneReadAndOneWrite(boolean async) throws Exception {
    List<long[]> answers =
        decideAll(Collections.nCopies(100, call(Operation.HIT, "client", 1)), async);
    for (int i = 0; i < 100; i++) {
      assertThat(answers.get(i)).as("hit %s", i).containsExactly((9 - Math.min(i, 10)) * TOKEN);
    }
    assertThat(store.reads).hasValue(1);
    assertThat(store.writes).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void b15_theCallsOfEachKeyAreDecidedInOrder(boolean async) throws Exception {
    List<BackendCall> calls =
        List.of(
            call(Operation.HIT, "one", 10),
            call(Operation.HIT, "two", 1),
            call(Operation.PEEK, "one", 1),
            call(Operation.REFUND, "one", 3),
            call(Operation.HIT, "one", 2),
            call(Operation.SETTLE, "two", 30),
            call(Operation.PEEK, "two", 0));
    assertThat(decideAll(calls, async))
        .containsExactly(
            new long[] {0},
            new long[] {9 * TOKEN},
            new long[] {-TOKEN},
            new long[] {3 * TOKEN},
            new long[] {TOKEN},
            new long[] {0, 21},
            new long[] {0});
    assertThat(store.reads).hasValue(2);
    assertThat(store.writes).hasValue(2);
  }

  /** Versions of a policy share the key, so their calls are one exchange too. */
  @Test
  void b15_b11_versionsOfAPolicyShareABatch() {
    QuotaPolicy faster = Policies.of("api", Rate.perSecond(10), Rate.perMinute(20));
    assertThat(
            backend.decideAll(
                List.of(
                    call(Operation.HIT, "client", 10),
                    new BackendCall(Operation.HIT, faster, "client", "", 1),
                    call(Operation.PEEK, "client", 1))))
        .containsExactly(
            new long[] {0}, new long[] {-100_000_000, 57_000_000_000L}, new long[] {-TOKEN});
    assertThat(store.reads).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void b15_anEmptyBatchCallsNoStore(boolean async) throws Exception {
    assertThat(decideAll(List.of(), async)).isEmpty();
    assertThat(backend.calls).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void b15_aFailureOfTheStoreFailsTheBatch(boolean async) throws Exception {
    backend.failure = new IOException("gone");
    List<BackendCall> calls = List.of(call(Operation.HIT, "one", 1), call(Operation.HIT, "two", 1));
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> decideAll(calls, async))
        .withMessage("The store of backend \"app\" failed: java.io.IOException: gone");
    assertThat(backend.calls).hasSize(async ? 2 : 1);
    backend.failure = null;
    assertThat(decideAll(calls, async)).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void l3_aBatchOnAClosedBackendIsIllegalState(boolean async) {
    backend.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> decideAll(List.of(call(Operation.HIT, "client", 1)), async))
        .withMessage("Backend \"app\" is closed. Create a new one.");
  }

  /** Other decisions on the key wait for the batch, and none comes in between. */
  @Test
  void b15_aBatchIsNotInterleavedWithOtherDecisions() {
    List<Runnable> tasks = new ArrayList<>();
    TestStoreBackend queued = new TestStoreBackend("app", store, time, tasks::add);
    CompletableFuture<long[]> before =
        queued.decideAsync(call(Operation.HIT, "client", 1)).toCompletableFuture();
    CompletableFuture<List<long[]>> batch =
        queued
            .decideAllAsync(
                List.of(call(Operation.HIT, "client", 1), call(Operation.HIT, "client", 1)))
            .toCompletableFuture();
    CompletableFuture<long[]> after =
        queued.decideAsync(call(Operation.HIT, "client", 1)).toCompletableFuture();
    while (!tasks.isEmpty()) {
      tasks.remove(0).run();
    }
    assertThat(before).isCompletedWithValueMatching(margins -> margins[0] == 9 * TOKEN);
    assertThat(batch.join()).containsExactly(new long[] {8 * TOKEN}, new long[] {7 * TOKEN});
    assertThat(after).isCompletedWithValueMatching(margins -> margins[0] == 6 * TOKEN);
    assertThat(store.reads).hasValue(2);
  }
}

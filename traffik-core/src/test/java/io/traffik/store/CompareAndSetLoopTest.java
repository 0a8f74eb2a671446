package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.memory.Policies;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lost races, asynchronous calls, and calls that never complete. */
class CompareAndSetLoopTest {

  private static final QuotaPolicy TEN = Policies.perYear(10);
  private static final long TOKEN = TEN.rate(0).nanosPerToken();

  private final SettableWallClock time = new SettableWallClock();
  private final TestStore store = new TestStore(time);
  private final AtomicLong ticks = new AtomicLong();

  /** Loses the first compare-and-set races. */
  private final class RaceLosingBackend extends TestStoreBackend {

    long losses;
    long lossNanos;

    RaceLosingBackend(long losses) {
      super("app", CompareAndSetLoopTest.this.store, time, Runnable::run, ticks::get);
      this.losses = losses;
    }

    @Override
    protected boolean compareAndSet(String key, byte[] expected, byte[] update, Duration expiry) {
      ticks.addAndGet(lossNanos);
      return losses-- <= 0 && super.compareAndSet(key, expected, update, expiry);
    }
  }

  private static long hit(CompareAndSetBackend backend, boolean async) throws Exception {
    if (!async) {
      return backend.decideSingle(Operation.HIT, TEN, "client", "", 1, 0);
    }
    try {
      return hitAsync(backend).get(1, TimeUnit.MINUTES)[0];
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }

  private static CompletableFuture<long[]> hitAsync(CompareAndSetBackend backend) {
    return backend
        .decideAsync(new BackendCall(Operation.HIT, TEN, "client", "", 1))
        .toCompletableFuture();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void l7_aLostAttemptIsRepeatedOnTheNewValue(boolean async) throws Exception {
    RaceLosingBackend backend = new RaceLosingBackend(999);
    assertThat(hit(backend, async)).isEqualTo(9 * TOKEN);
    assertThat(store.reads).hasValue(1_000);
    assertThat(store.writes).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void l7_attemptsAreBoundedInNumber(boolean async) throws Exception {
    RaceLosingBackend backend = new RaceLosingBackend(1_000);
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> hit(backend, async))
        .withMessage(
            "Backend \"app\" gave up after 1000 attempts in 0 ms (limits: 1000 attempts, 1000 ms), since"
                + " other processes updated the key first. Use fewer hosts per key, or a faster store.");
    assertThat(store.keys()).isEmpty();
    assertThat(hit(backend, async)).isEqualTo(9 * TOKEN);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void l7_attemptsAreBoundedInTime(boolean async) {
    RaceLosingBackend backend = new RaceLosingBackend(Long.MAX_VALUE);
    backend.lossNanos = 1_000_000_000;
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> hit(backend, async))
        .withMessageContaining(" 1 attempts in 1000 ms (limits:");
  }

  /** A store with asynchronous calls, whose reads complete when a test completes them. */
  private static class AsyncStore extends TestStoreBackend {

    final List<CompletableFuture<byte[]>> pending = new ArrayList<>();

    AsyncStore(TestStore store, SettableWallClock time, ExecutorService executor) {
      super("app", store, time, executor);
    }

    @Override
    protected CompletionStage<byte[]> readAsync(String key) {
      CompletableFuture<byte[]> value = new CompletableFuture<>();
      pending.add(value);
      return value;
    }

    @Override
    protected CompletionStage<Boolean> compareAndSetAsync(
        String key, byte[] expected, byte[] update, Duration expiry) {
      return CompletableFuture.completedFuture(compareAndSet(key, expected, update, expiry));
    }
  }

  @Test
  void t7_anAsynchronousStoreIsCalledOnTheCallingThreadWithoutBlocking() {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    executor.shutdown();
    AsyncStore backend = new AsyncStore(store, time, executor);
    backend.open();
    CompletableFuture<long[]> margins = hitAsync(backend);
    assertThat(margins).isNotDone();
    assertThat(backend.pending).hasSize(1);
    backend.pending.get(0).complete(null);
    assertThat(margins).isCompletedWithValueMatching(result -> result[0] == 9 * TOKEN);
  }

  /** A lost response must not delay later decisions. */
  @Test
  void t7_aLostResponseTimesOutAndTheNextBatchRuns() throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      AtomicBoolean lost = new AtomicBoolean();
      CompareAndSetBackend backend =
          new TestStoreBackend("app", store, time, executor) {
            @Override
            protected CompletionStage<byte[]> readAsync(String key) {
              return lost.getAndSet(true) ? super.readAsync(key) : new CompletableFuture<>();
            }
          };
      CompletableFuture<long[]> first = hitAsync(backend);
      CompletableFuture<long[]> second = hitAsync(backend);
      assertThat(second.get(1, TimeUnit.MINUTES)).containsExactly(9 * TOKEN);
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> first.get(1, TimeUnit.MINUTES))
          .withCauseInstanceOf(BackendException.class)
          .withMessageContaining("The store of backend \"app\" failed:")
          .withMessageContaining("TimeoutException");
    } finally {
      executor.shutdown();
    }
  }

  /** All attempts on a blocking store run on the executor. */
  @Test
  void t7_theCallingThreadNeverCallsABlockingStore() throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor(task -> new Thread(task, "store"));
    List<String> callers = new ArrayList<>();
    try {
      CompareAndSetBackend backend =
          new TestStoreBackend("app", store, time, executor) {
            @Override
            protected byte[] read(String key) throws Exception {
              callers.add(Thread.currentThread().getName());
              return super.read(key);
            }

            @Override
            protected boolean compareAndSet(
                String key, byte[] expected, byte[] update, Duration expiry) {
              callers.add(Thread.currentThread().getName());
              return callers.size() > 4 && super.compareAndSet(key, expected, update, expiry);
            }
          };
      hit(backend, true);
      assertThat(callers).hasSize(6).containsOnly("store");
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void t7_aRejectedTaskFailsTheStageAndDelaysNoOther() throws Exception {
    AtomicBoolean rejecting = new AtomicBoolean(true);
    CompareAndSetBackend backend =
        new TestStoreBackend(
            "app",
            store,
            time,
            task -> {
              if (rejecting.get()) {
                throw new RejectedExecutionException("queue is full");
              }
              task.run();
            });
    for (int i = 0; i < 2; i++) {
      assertThat(hitAsync(backend))
          .isCompletedExceptionally()
          .satisfies(
              margins ->
                  assertThatExceptionOfType(BackendException.class)
                      .isThrownBy(() -> failure(margins))
                      .withMessageContaining("queue is full"));
    }
    rejecting.set(false);
    assertThat(hit(backend, true)).isEqualTo(9 * TOKEN);
  }

  /** A waiting batch fails too, and later decisions succeed. */
  @Test
  void t7_aRejectedBatchFailsAndDelaysNoOther() throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    AsyncStore backend = new AsyncStore(store, time, executor);
    backend.open();
    CompletableFuture<long[]> first = hitAsync(backend);
    CompletableFuture<long[]> second = hitAsync(backend);
    CompletableFuture<long[]> third = hitAsync(backend);
    executor.shutdown();
    backend.pending.get(0).complete(null);
    assertThat(first).isCompleted();
    for (CompletableFuture<long[]> rejected : List.of(second, third)) {
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(() -> failure(rejected))
          .withMessageContaining("RejectedExecutionException");
    }
    CompletableFuture<long[]> fourth = hitAsync(backend);
    backend.pending.get(1).complete(store.read("app|api|client|"));
    assertThat(fourth).isCompletedWithValueMatching(result -> result[0] == 8 * TOKEN);
  }

  private static void failure(CompletableFuture<?> stage) throws Throwable {
    try {
      stage.get(1, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }
}

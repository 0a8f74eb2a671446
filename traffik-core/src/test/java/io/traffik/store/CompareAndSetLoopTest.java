package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.memory.Policies;
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

/** Attempts that others spoil, and calls that never block or never end. */
class CompareAndSetLoopTest {

  private static final QuotaPolicy TEN = Policies.perYear(10);
  private static final long TOKEN = TEN.rate(0).nanosPerToken();

  private final ManualTime time = new ManualTime();
  private final MapStore store = new MapStore(time);
  private final AtomicLong ticks = new AtomicLong();

  /** Lets others set their value first, a number of times. */
  private final class Contended extends MapStoreBackend {

    long losses;
    long lossTakes;

    Contended(long losses) {
      super("app", CompareAndSetLoopTest.this.store, time, Runnable::run, ticks::get);
      this.losses = losses;
    }

    @Override
    protected boolean compareAndSet(String key, byte[] expected, byte[] update, Duration expiry) {
      ticks.addAndGet(lossTakes);
      return losses-- <= 0 && super.compareAndSet(key, expected, update, expiry);
    }
  }

  private static long hit(CompareAndSetBackend backend, boolean async) throws Exception {
    if (!async) {
      return backend.decideSingle(Operation.HIT, TEN, "client", "", 1);
    }
    try {
      return hitAsync(backend).get(1, TimeUnit.MINUTES)[0];
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }

  private static CompletableFuture<long[]> hitAsync(CompareAndSetBackend backend) {
    return backend.decideAsync(Operation.HIT, TEN, "client", "", 1).toCompletableFuture();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void l7_aLostAttemptIsRepeatedOnWhatStandsThen(boolean async) throws Exception {
    Contended backend = new Contended(999);
    assertThat(hit(backend, async)).isEqualTo(9 * TOKEN);
    assertThat(store.reads).hasValue(1_000);
    assertThat(store.writes).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void l7_attemptsAreBoundedInNumber(boolean async) throws Exception {
    Contended backend = new Contended(1_000);
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> hit(backend, async))
        .withMessage(
            "backend \"app\" must set a value within 1000 attempts and 1000 ms, but others set"
                + " theirs first: 1000 attempts in 0 ms; fewer hosts on one key, or a faster store,"
                + " would help");
    assertThat(store.keys()).isEmpty();
    assertThat(hit(backend, async)).isEqualTo(9 * TOKEN);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void l7_attemptsAreBoundedInTime(boolean async) {
    Contended backend = new Contended(Long.MAX_VALUE);
    backend.lossTakes = 1_000_000_000;
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> hit(backend, async))
        .withMessageContaining(": 1 attempts in 1000 ms;");
  }

  /** Native stages: nothing here may wait for them. */
  private static class AsyncStore extends MapStoreBackend {

    final List<CompletableFuture<byte[]>> pending = new ArrayList<>();

    AsyncStore(MapStore store, ManualTime time, ExecutorService executor) {
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
  void t7_aStoreThatNeverBlocksIsCalledByTheThreadThatAsksAndNotWaitedFor() {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    executor.shutdown();
    AsyncStore backend = new AsyncStore(store, time, executor);
    CompletableFuture<long[]> answer = hitAsync(backend);
    assertThat(answer).isNotDone();
    assertThat(backend.pending).hasSize(1);
    backend.pending.get(0).complete(null);
    assertThat(answer).isCompletedWithValueMatching(margins -> margins[0] == 9 * TOKEN);
  }

  /** An answer that is lost must not hold up those who ask later. */
  @Test
  void t7_anAnswerThatNeverComesIsGivenUpAndTheNextBatchGoesOn() throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      AtomicBoolean lost = new AtomicBoolean();
      CompareAndSetBackend backend =
          new MapStoreBackend("app", store, time, executor) {
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
          .withMessageContaining("the store of backend \"app\" failed:")
          .withMessageContaining("TimeoutException");
    } finally {
      executor.shutdown();
    }
  }

  /** The first attempt of a store that blocks, and each later one, runs on the executor. */
  @Test
  void t7_theThreadThatAsksNeverCallsAStoreThatBlocks() throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor(task -> new Thread(task, "store"));
    List<String> callers = new ArrayList<>();
    try {
      CompareAndSetBackend backend =
          new MapStoreBackend("app", store, time, executor) {
            @Override
            protected byte[] read(String key) {
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
  void t7_anExecutorThatRefusesFailsTheStageAndHoldsUpNobody() throws Exception {
    AtomicBoolean refusing = new AtomicBoolean(true);
    CompareAndSetBackend backend =
        new MapStoreBackend(
            "app",
            store,
            time,
            task -> {
              if (refusing.get()) {
                throw new RejectedExecutionException("no room");
              }
              task.run();
            });
    for (int i = 0; i < 2; i++) {
      assertThat(hitAsync(backend))
          .isCompletedExceptionally()
          .satisfies(
              answer ->
                  assertThatExceptionOfType(BackendException.class)
                      .isThrownBy(() -> failure(answer))
                      .withMessageContaining("no room"));
    }
    refusing.set(false);
    assertThat(hit(backend, true)).isEqualTo(9 * TOKEN);
  }

  /** A batch that waits for its turn is failed as well, and whoever comes then is served. */
  @Test
  void t7_aBatchWhoseTurnIsRefusedFailsAndHoldsUpNobody() throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    AsyncStore backend = new AsyncStore(store, time, executor);
    CompletableFuture<long[]> first = hitAsync(backend);
    CompletableFuture<long[]> second = hitAsync(backend);
    CompletableFuture<long[]> third = hitAsync(backend);
    executor.shutdown();
    backend.pending.get(0).complete(null);
    assertThat(first).isCompleted();
    for (CompletableFuture<long[]> refused : List.of(second, third)) {
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(() -> failure(refused))
          .withMessageContaining("RejectedExecutionException");
    }
    CompletableFuture<long[]> fourth = hitAsync(backend);
    backend.pending.get(1).complete(store.read("app|api|client|"));
    assertThat(fourth).isCompletedWithValueMatching(margins -> margins[0] == 8 * TOKEN);
  }

  private static void failure(CompletableFuture<?> stage) throws Throwable {
    try {
      stage.get(1, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }
}

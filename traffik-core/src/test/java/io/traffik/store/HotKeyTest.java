package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.memory.ConcurrentRunner;
import io.traffik.memory.Policies;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many threads together get the tokens that one would get, and each call returns. */
class HotKeyTest {

  private static final long CAPACITY = 10_007;
  private static final int ATTEMPTS = 30_016;

  private static final QuotaPolicy ONE_RATE = Policies.perYear(CAPACITY);
  private static final QuotaPolicy THREE_RATES =
      Policies.of(
          "api",
          Rate.of(2 * CAPACITY, Policies.YEAR),
          Rate.of(CAPACITY, Policies.YEAR),
          Rate.of(3 * CAPACITY, Policies.YEAR));

  private final SettableWallClock time = new SettableWallClock();
  private final TestStore store = new TestStore(time);

  @ParameterizedTest
  @CsvSource({"2, 1", "8, 1", "64, 1", "64, 2", "64, 8"})
  void b3_exactlyTheCapacityIsGrantedOnOneKey(int threads, int processes) throws Exception {
    List<Backend> backends = processes(processes, Runnable::run);
    assertThat(
            granted(
                threads,
                thread ->
                    backends
                        .get(thread % processes)
                        .decide(new BackendCall(Operation.HIT, ONE_RATE, "client", "", 1))))
        .isEqualTo(CAPACITY);
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "8, 1", "64, 1", "64, 8"})
  void b3_b9_exactlyTheSmallestCapacityIsGrantedOfSeveralRatesAndChargedToEach(
      int threads, int processes) throws Exception {
    List<Backend> backends = processes(processes, Runnable::run);
    assertThat(
            granted(
                threads,
                thread ->
                    backends
                        .get(thread % processes)
                        .decide(new BackendCall(Operation.HIT, THREE_RATES, "client", "", 1))))
        .isEqualTo(CAPACITY);
    long[] margins =
        backends.get(0).decide(new BackendCall(Operation.PEEK, THREE_RATES, "client", "", 0));
    for (int i = 0; i < margins.length; i++) {
      Rate rate = THREE_RATES.rate(i);
      assertThat(margins[i]).isEqualTo((rate.capacity() - CAPACITY) * rate.nanosPerToken());
    }
  }

  @ParameterizedTest
  @CsvSource({"8, 1", "64, 1", "64, 8"})
  void b3_exactlyTheCapacityIsGrantedAsynchronously(int threads, int processes) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(4);
    try {
      List<Backend> backends = processes(processes, executor);
      assertThat(
              granted(
                  threads,
                  thread ->
                      backends
                          .get(thread % processes)
                          .decideAsync(new BackendCall(Operation.HIT, THREE_RATES, "client", "", 1))
                          .toCompletableFuture()
                          .join()))
          .isEqualTo(CAPACITY);
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void b3_blockingAndAsynchronousHitsCountTogether() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      Backend backend = processes(1, executor).get(0);
      assertThat(
              granted(
                  16,
                  thread ->
                      thread % 2 == 0
                          ? backend.decide(
                              new BackendCall(Operation.HIT, ONE_RATE, "client", "", 1))
                          : backend
                              .decideAsync(
                                  new BackendCall(Operation.HIT, ONE_RATE, "client", "", 1))
                              .toCompletableFuture()
                              .join()))
          .isEqualTo(CAPACITY);
    } finally {
      executor.shutdown();
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "3"})
  void b3_withAMovingClockNoMoreThanCapacityPlusRefillIsGranted(int rates) throws Exception {
    Rate rate = Rate.of(1, Duration.ofNanos(100)).withCapacity(50);
    QuotaPolicy policy = QuotaPolicy.of("api", List.of(rate, rate, rate).subList(0, rates));
    List<Backend> backends = processes(4, Runnable::run);
    long granted =
        granted(
            16,
            thread -> {
              time.advance(7);
              return backends
                  .get(thread % 4)
                  .decide(new BackendCall(Operation.HIT, policy, "client", "", 1));
            });
    long refilled = time.nanos() / rate.nanosPerToken();
    assertThat(granted).isBetween(refilled / 2, rate.capacity() + refilled);
  }

  /** Hits that arrive during a store update wait, and the next update decides them all. */
  @Test
  void concurrentHitsShareTheNextUpdate() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      Backend backend =
          new TestStoreBackend("app", store, time, executor) {
            @Override
            protected byte[] read(String key) throws Exception {
              await(released);
              return super.read(key);
            }
          };
      QuotaPolicy ten = Policies.perYear(10);
      List<CompletableFuture<long[]>> margins = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        margins.add(
            backend
                .decideAsync(new BackendCall(Operation.HIT, ten, "client", "", 1))
                .toCompletableFuture());
      }
      released.countDown();
      for (int i = 0; i < margins.size(); i++) {
        long left = 9L - Math.min(i, 10);
        assertThat(margins.get(i).join())
            .as("hit %s, in order", i)
            .containsExactly(left * ten.rate(0).nanosPerToken());
      }
      assertThat(store.reads).hasValue(2);
      assertThat(store.writes).hasValue(2);
    } finally {
      executor.shutdown();
    }
  }

  /** Floods of an exhausted client cause only reads, and many hits share one read. */
  @Test
  void b2_denialsWriteNothing() throws Exception {
    Backend backend = processes(1, Runnable::run).get(0);
    backend.decide(new BackendCall(Operation.HIT, Policies.perYear(1), "client", "", 1));
    long granted =
        granted(
            64,
            thread ->
                backend.decide(
                    new BackendCall(Operation.HIT, Policies.perYear(1), "client", "", 1)));
    assertThat(granted).isZero();
    assertThat(store.writes).hasValue(1);
    assertThat(store.reads.get()).isLessThanOrEqualTo(ATTEMPTS + 1);
  }

  @Test
  void b3_manyKeysEachGetExactlyTheirCapacity() throws Exception {
    List<Backend> backends = processes(4, Runnable::run);
    QuotaPolicy policy = Policies.perYear(20);
    long granted =
        ConcurrentRunner.sum(
            16,
            thread -> {
              long sum = 0;
              for (int i = 0; i < 4_000; i++) {
                long margin =
                    backends
                        .get(thread % 4)
                        .decideSingle(Operation.HIT, policy, "client " + i % 100, "", 1, 0);
                sum += margin >= 0 ? 1 : 0;
              }
              return sum;
            });
    assertThat(granted).isEqualTo(100 * 20);
    assertThat(store.keys()).hasSize(100);
  }

  private List<Backend> processes(int count, Executor executor) {
    List<Backend> backends = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      backends.add(new TestStoreBackend("app", store, time, executor));
    }
    return backends;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A decision on the thread with the given number. */
  private interface ThreadDecision {
    long[] decide(int thread);
  }

  /** Makes attempts on each thread, and returns the number of grants. */
  private static long granted(int threads, ThreadDecision decision) throws Exception {
    return ConcurrentRunner.sum(
        threads,
        thread -> {
          long granted = 0;
          for (int i = 0; i < ATTEMPTS / threads; i++) {
            granted +=
                Arrays.stream(decision.decide(thread)).allMatch(margin -> margin >= 0) ? 1 : 0;
          }
          return granted;
        });
  }
}

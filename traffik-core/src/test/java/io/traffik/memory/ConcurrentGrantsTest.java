package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Decision;
import io.traffik.Rate;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads together are granted as much as one thread would be. */
class ConcurrentGrantsTest {

  private static final long CAPACITY = 200_003;
  private static final int ATTEMPTS = 600_064;

  private final SettableClock clock = new SettableClock();
  private final InMemoryBackend backend = InMemoryBackend.builder("test").clock(clock).build();

  @ParameterizedTest
  @ValueSource(ints = {2, 8, 32, 64})
  void b3_exactlyTheCapacityIsGrantedOnOneKey(int threads) throws Exception {
    QuotaPolicy policy = Policies.perYear(CAPACITY);
    assertThat(
            granted(threads, i -> backend.decideSingle(Operation.HIT, policy, "client", "", 1, 0)))
        .isEqualTo(CAPACITY);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8, 32, 64})
  void b3_b9_exactlyTheSmallestCapacityIsGrantedOfSeveralRatesAndChargedToEach(int threads)
      throws Exception {
    QuotaPolicy policy =
        Policies.of(
            "api",
            Rate.of(2 * CAPACITY, Policies.YEAR),
            Rate.of(CAPACITY, Policies.YEAR),
            Rate.of(3 * CAPACITY, Policies.YEAR));
    assertThat(
            granted(
                threads,
                i ->
                    Arrays.stream(
                                backend.decide(
                                    new BackendCall(Operation.HIT, policy, "client", "", 1)))
                            .allMatch(margin -> margin >= 0)
                        ? 0
                        : -1))
        .isEqualTo(CAPACITY);
    long[] held = backend.decide(new BackendCall(Operation.PEEK, policy, "client", "", 0));
    for (int i = 0; i < held.length; i++) {
      long left = policy.rate(i).capacity() - CAPACITY;
      assertThat(held[i]).isEqualTo(left * policy.rate(i).nanosPerToken());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8, 32, 64})
  void b3_exactlyTheCapacityIsGrantedAsynchronously(int threads) throws Exception {
    Throttle throttle =
        Throttle.builder("api")
            .rate(Rate.of(CAPACITY, Policies.YEAR))
            .rate(Rate.of(2 * CAPACITY, Policies.YEAR))
            .scope(Scope.ALL_ROUTES)
            .backend(backend)
            .build();
    ClientRequest client = new ClientRequest("192.0.2.1");
    assertThat(
            granted(
                threads,
                i -> {
                  Decision decision = throttle.hitAsync(client).toCompletableFuture().join();
                  return decision.allowed() ? 0 : -1;
                }))
        .isEqualTo(CAPACITY);
  }

  /** A throttle requests one margin for a hit, and an array for asynchronous hits and refunds. */
  @ParameterizedTest
  @ValueSource(ints = {2, 8, 32, 64})
  void b3_exactlyTheCapacityIsGrantedOnOneKeyInWhateverFormItIsAskedFor(int threads)
      throws Exception {
    QuotaPolicy policy = Policies.perYear(CAPACITY);
    assertThat(
            granted(
                threads,
                i ->
                    i % 2 == 0
                        ? backend.decideSingle(Operation.HIT, policy, "client", "", 1, 0)
                        : backend
                            .decide(new BackendCall(Operation.HIT, policy, "client", "", 1))[0]))
        .isEqualTo(CAPACITY);
  }

  /** Other keys are added and removed meanwhile: tables grow, are swept and shrink. */
  @Test
  void b3_manyKeysEachGetExactlyTheirCapacityWhileTablesGrowAndAreSwept() throws Exception {
    int keys = 500;
    int capacity = 20;
    AtomicLong ticks = new AtomicLong();
    InMemoryBackend busy =
        InMemoryBackend.builder("test").maxKeys(100_000).clock(ticks::incrementAndGet).build();
    QuotaPolicy slow = Policies.perYear(capacity);
    QuotaPolicy brief = Policies.of("brief", Rate.of(1, Duration.ofNanos(500)));
    long[][] granted = new long[8][keys];
    ConcurrentRunner.run(
        8,
        thread -> {
          for (int round = 0; round < capacity; round++) {
            for (int key = 0; key < keys; key++) {
              if (busy.decideSingle(Operation.HIT, slow, "k" + key, "", 1, 0) >= 0) {
                granted[thread][key]++;
              }
              busy.decideSingle(
                  Operation.HIT, brief, "b" + thread + ":" + round + ":" + key, "", 1, 0);
            }
          }
        });
    assertThat(busy.evictions()).isZero();
    for (int key = 0; key < keys; key++) {
      long sum = 0;
      for (long[] ofThread : granted) {
        sum += ofThread[key];
      }
      assertThat(sum).as("k%s", key).isEqualTo(capacity);
    }
    ticks.addAndGet(1_000);
    busy.cleanUp();
    assertThat(busy.size()).isEqualTo(keys);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void b3_withAMovingClockNoMoreThanCapacityPlusRefillIsGranted(int rates) throws Exception {
    AtomicLong ticks = new AtomicLong();
    InMemoryBackend moving =
        InMemoryBackend.builder("test").clock(() -> ticks.addAndGet(7)).build();
    Rate rate = Rate.of(1, Duration.ofNanos(100)).withCapacity(50);
    Rate[] all = new Rate[rates];
    Arrays.fill(all, rate);
    QuotaPolicy policy = Policies.of("api", all);
    long granted =
        granted(
            8,
            i -> {
              long[] margins =
                  moving.decide(new BackendCall(Operation.HIT, policy, "client", "", 1));
              return Arrays.stream(margins).allMatch(margin -> margin >= 0) ? 0 : -1;
            });
    long refilled = ticks.get() / rate.nanosPerToken();
    // Threads that hit more often than tokens refill leave no token unused.
    assertThat(granted).isBetween(refilled, rate.capacity() + refilled);
  }

  /** The number of granted attempts of all threads. */
  private static long granted(int threads, IntToLongFunction margin) throws Exception {
    return ConcurrentRunner.sum(
        threads,
        thread -> {
          long granted = 0;
          for (int i = 0; i < ATTEMPTS / threads; i++) {
            granted += margin.applyAsLong(i) >= 0 ? 1 : 0;
          }
          return granted;
        });
  }
}

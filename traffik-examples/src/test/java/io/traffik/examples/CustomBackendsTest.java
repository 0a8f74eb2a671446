package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules, on the backends of docs/write-a-backend.md. */
final class CustomBackendsTest {

  private static final QuotaPolicy TWO_RATES =
      QuotaPolicy.of("api", List.of(Rate.perSecond(10), Rate.perMinute(20)));

  private final LongAdder denials = new LongAdder();
  private final AtomicLong nanos = new AtomicLong(Duration.ofDays(20_000).toNanos());
  private final InstantSource clock = () -> Instant.EPOCH.plusNanos(nanos.get());
  private final ExecutorService executor = Executors.newFixedThreadPool(4);
  private final JdbcConnectionPool database =
      JdbcConnectionPool.create("jdbc:h2:mem:" + System.identityHashCode(this), "", "");

  /** The backends; only those over the database share a store. */
  enum Kind {
    MAP,
    MAP_STORE,
    JDBC,
    COUNTING
  }

  private Backend backend(Kind kind, String namespace) {
    Backend backend =
        switch (kind) {
          case MAP -> new ConcurrentMapBackend(namespace, nanos::get);
          case MAP_STORE -> new ConcurrentMapStoreBackend(namespace, clock);
          case JDBC -> new JdbcBackend(namespace, database, clock, executor);
          case COUNTING ->
              new DenialCountingBackend(new ConcurrentMapStoreBackend(namespace, clock), denials);
        };
    backend.open();
    return backend;
  }

  @AfterEach
  void close() {
    executor.shutdown();
    database.dispose();
  }

  private static long[] hit(Backend backend, long cost) {
    return backend.decide(new BackendCall(Operation.HIT, TWO_RATES, "client", "", cost));
  }

  @ParameterizedTest
  @EnumSource
  void b2_b4_b9_hitsTakeFromAllRatesOrFromNone(Kind kind) {
    Backend backend = backend(kind, "app");
    assertThat(hit(backend, 10)).containsExactly(0, 10 * 3_000_000_000L);
    assertThat(hit(backend, 1)).containsExactly(-100_000_000, 9 * 3_000_000_000L);
    nanos.addAndGet(99_999_999);
    assertThat(hit(backend, 1)[0]).isEqualTo(-1);
    nanos.addAndGet(1);
    assertThat(hit(backend, 1)[0]).isZero();
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(hit(backend, 10)).containsExactly(0, -1_900_000_000);
    assertThat(backend.decide(new BackendCall(Operation.PEEK, TWO_RATES, "client", "", 0))[0])
        .as("nothing was charged")
        .isEqualTo(Duration.ofSeconds(1).toNanos());
  }

  @ParameterizedTest
  @EnumSource
  void b10_b12_refundsFillAndPeeksTakeNothing(Kind kind) {
    Backend backend = backend(kind, "app");
    hit(backend, 10);
    assertThat(backend.decide(new BackendCall(Operation.REFUND, TWO_RATES, "client", "", 4))[0])
        .isEqualTo(400_000_000);
    for (int i = 0; i < 3; i++) {
      assertThat(backend.decide(new BackendCall(Operation.PEEK, TWO_RATES, "client", "", 4))[0])
          .isZero();
    }
    assertThat(backend.decide(new BackendCall(Operation.REFUND, TWO_RATES, "client", "", 1_000)))
        .containsExactly(1_000_000_000, 60_000_000_000L);
    assertThat(hit(backend, 10)[0]).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void b11_changedRatesHoldAtOnce(Kind kind) {
    Backend backend = backend(kind, "app");
    QuotaPolicy perHour = QuotaPolicy.of("api", List.of(Rate.perHour(10)));
    backend.decide(new BackendCall(Operation.HIT, perHour, "client", "", 10));
    assertThat(hit(backend, 1)).containsExactly(-100_000_000, 19 * 3_000_000_000L);
    nanos.addAndGet(100_000_000);
    assertThat(hit(backend, 1)).containsExactly(0, 19 * 3_000_000_000L);
  }

  @ParameterizedTest
  @EnumSource
  void b11_twoLiveVersionsOfARateGrantNoMoreThanTheLarger(Kind kind) {
    Backend backend = backend(kind, "app");
    List<BackendCall> versions =
        Stream.of("100/min", "100/min (capacity 20)")
            .map(rate -> QuotaPolicy.of("api", List.of(Rate.parse(rate))))
            .map(policy -> new BackendCall(Operation.HIT, policy, "client", "", 1))
            .toList();
    long granted = 0;
    for (int i = 0; i < 1_000; i++) {
      BackendCall call = versions.get(i % 2);
      granted += call.isGranted(backend.decide(call)) ? 1 : 0;
    }
    assertThat(granted).isEqualTo(100);
  }

  @ParameterizedTest
  @EnumSource
  void b13_b14_eachBackendDeclaresWhetherItSupportsDebt(Kind kind) {
    Backend backend = backend(kind, "app");
    assertThat(backend.supportsDebt()).isEqualTo(kind != Kind.MAP);
    QuotaPolicy perSecond = QuotaPolicy.of("api", List.of(Rate.parse("1/s")));
    long patience = Duration.ofSeconds(9).toNanos();
    BackendCall call = new BackendCall(Operation.HIT, perSecond, "client", "", 1, patience);
    BackendCall settlement = call.with(Operation.SETTLE, 9, 4);
    if (kind == Kind.MAP) {
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(() -> backend.decide(call))
          .withMessageStartingWith("This backend supports no debt: ");
      return;
    }
    assertThat(backend.decide(call)).containsExactly(0);
    assertThat(backend.decide(call)).containsExactly(-1_000_000_000);
    assertThat(backend.decide(settlement)).containsExactly(-4_000_000_000L, 6);
  }

  @ParameterizedTest
  @EnumSource
  void b15_aBatchIsDecidedInOrder(Kind kind) {
    Backend backend = backend(kind, "app");
    BackendCall hit = new BackendCall(Operation.HIT, TWO_RATES, "client", "", 10);
    BackendCall other = new BackendCall(Operation.HIT, TWO_RATES, "other", "", 10);
    List<BackendCall> calls = List.of(hit, hit, other, hit.with(Operation.REFUND, 4, 0));
    assertThat(backend.decideAll(calls))
        .extracting(margins -> margins[0])
        .containsExactly(0L, -1_000_000_000L, 0L, 400_000_000L);
    assertThat(denials.sum()).isEqualTo(kind == Kind.COUNTING ? 1 : 0);
    assertThat(backend.decideAllAsync(calls).toCompletableFuture().join())
        .extracting(margins -> margins[0])
        .containsExactly(-600_000_000L, -600_000_000L, -1_000_000_000L, 800_000_000L);
  }

  @ParameterizedTest
  @EnumSource
  void k1_differentKeysNeverShareABucket(Kind kind) {
    Backend backend = backend(kind, "app");
    QuotaPolicy joined = QuotaPolicy.of("api|x", TWO_RATES.rates());
    backend.decide(new BackendCall(Operation.HIT, TWO_RATES, "x|client", "a", 10));
    for (String identity : List.of("client", "x", "X|client", "x|clien", "\ud83d", "?")) {
      assertThat(backend.decide(new BackendCall(Operation.HIT, TWO_RATES, identity, "a", 10))[0])
          .isZero();
      assertThat(backend.decide(new BackendCall(Operation.HIT, joined, identity, "a", 10))[0])
          .isZero();
    }
    String longIdentity = "x".repeat(100_000);
    assertThat(backend.decide(new BackendCall(Operation.HIT, TWO_RATES, longIdentity, "", 10))[0])
        .isZero();
    assertThat(backend.decide(new BackendCall(Operation.HIT, TWO_RATES, longIdentity, "", 1))[0])
        .isNegative();
    assertThat(
            backend.decide(new BackendCall(Operation.HIT, TWO_RATES, longIdentity + "x", "", 1))[0])
        .isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void b3_exactlyTheCapacityIsGrantedToManyThreads(Kind kind) throws Exception {
    assertThat(granted(List.of(backend(kind, "app")), 32, 50)).isEqualTo(101);
  }

  @Test
  void b3_exactlyTheCapacityIsGrantedToManyServersOnOneDatabase() throws Exception {
    List<Backend> servers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      servers.add(backend(Kind.JDBC, "app"));
    }
    assertThat(granted(servers, 16, 50)).isEqualTo(101);
  }

  /** Counts the granted hits of several threads on 101 tokens; half of them are asynchronous. */
  private static long granted(List<Backend> servers, int threads, int attempts) throws Exception {
    QuotaPolicy perYear =
        QuotaPolicy.of(
            "api", List.of(Rate.of(150, Duration.ofDays(365)), Rate.of(101, Duration.ofDays(365))));
    BackendCall call = new BackendCall(Operation.HIT, perYear, "client", "", 1);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Long>> tasks = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        Backend server = servers.get(thread % servers.size());
        boolean async = thread / servers.size() % 2 == 1;
        tasks.add(
            () -> {
              long granted = 0;
              for (int i = 0; i < attempts; i++) {
                long[] margins =
                    async
                        ? server.decideAsync(call).toCompletableFuture().get()
                        : server.decide(call);
                granted += call.isGranted(margins) ? 1 : 0;
              }
              return granted;
            });
      }
      long sum = 0;
      for (Future<Long> future : pool.invokeAll(tasks)) {
        sum += future.get();
      }
      return sum;
    } finally {
      pool.shutdown();
    }
  }

  @ParameterizedTest
  @EnumSource
  void l2_resetRemovesItsOwnBuckets(Kind kind) {
    Backend backend = backend(kind, "app");
    Backend other = backend(kind, "appX");
    hit(backend, 10);
    hit(other, 10);
    backend.reset();
    assertThat(hit(backend, 10)[0]).isZero();
    backend.resetAsync().toCompletableFuture().join();
    assertThat(hit(backend, 10)[0]).isZero();
    assertThat(hit(other, 10)[0]).isNegative();
  }

  @ParameterizedTest
  @EnumSource
  void l3_aSecondCloseHasNoEffectAndUseAfterCloseIsIllegal(Kind kind) {
    Backend backend = backend(kind, "app");
    backend.close();
    backend.close();
    assertThatIllegalStateException().isThrownBy(() -> hit(backend, 1));
    assertThatIllegalStateException().isThrownBy(backend::open);
    assertThatIllegalStateException().isThrownBy(backend::reset);
  }

  @Test
  void wrappingBackend_countsSynchronousAndAsynchronousDenials() {
    Backend counting = backend(Kind.COUNTING, "app");
    hit(counting, 10);
    hit(counting, 1);
    counting.decide(new BackendCall(Operation.PEEK, TWO_RATES, "client", "", 1));
    counting.decideSingle(
        Operation.HIT, QuotaPolicy.of("api", List.of(Rate.perSecond(10))), "client", "", 1, 0);
    counting
        .decideAsync(new BackendCall(Operation.HIT, TWO_RATES, "client", "", 1))
        .toCompletableFuture()
        .join();
    assertThat(denials.sum()).isEqualTo(3);
    assertThat(counting.namespace()).isEqualTo("app");
    assertThat(counting.persistent()).isFalse();
  }
}

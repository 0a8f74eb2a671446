package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The choice of the evicted key at the bound. */
class EvictionTest {

  private static final int VICTIMS = 5;

  /** The policies of the flood: each client takes less than half of each capacity. */
  private static final List<QuotaPolicy> MODEST =
      List.of(
          Policies.of("three", Rate.of(3, Policies.YEAR)),
          Policies.of("hour", Rate.perHour(10)),
          Policies.of("huge", Rate.perDay(1_000_000)),
          Policies.of("brief", Rate.of(3, Duration.ofMillis(1))),
          Policies.of("tokens", Rate.of(3, Duration.ofDays(40_000))),
          Policies.of("both", Rate.perMinute(5), Rate.of(100, Policies.YEAR)));

  private final SettableClock clock = new SettableClock();

  @ParameterizedTest
  @CsvSource({"20, 3", "100, 3", "100, 1000", "3000, 3", "3000, 50"})
  void m3_anExhaustedClientStaysSoThroughAFloodOfModestOnes(int maxKeys, int capacity) {
    InMemoryBackend backend = backend(maxKeys);
    QuotaPolicy policy = Policies.of("victims", Rate.of(capacity, Duration.ofDays(10_000)));
    for (int victim = 0; victim < VICTIMS; victim++) {
      exhaust(backend, policy, victim);
    }
    int flood = 10 * maxKeys;
    for (int i = 0; i < flood; i++) {
      // One hour in total: many keys of the flood refill meanwhile, but no victim does.
      clock.advance(Duration.ofHours(1).toNanos() / flood);
      QuotaPolicy modest = MODEST.get(i % MODEST.size());
      long cost = modest.capacity() < 5 ? 1 : 2;
      backend.decide(new BackendCall(Operation.HIT, modest, "flood " + i, "", cost));
      if (i % 64 == 0 || i == flood - 1) {
        for (int victim = 0; victim < VICTIMS; victim++) {
          assertThat(hit(backend, policy, victim)).as("after %s", i).isNegative();
        }
      }
    }
    assertThat(backend.evictions()).isPositive();
    assertThat(backend.size()).isLessThanOrEqualTo(maxKeys);
  }

  @Test
  void m3_aClientExhaustedByOneOfSeveralRatesStaysSo() {
    InMemoryBackend backend = backend(100);
    QuotaPolicy policy =
        Policies.of("victims", Rate.of(1_000, Policies.YEAR), Rate.of(3, Policies.YEAR));
    for (int i = 0; i < 3; i++) {
      assertThat(backend.decide(new BackendCall(Operation.HIT, policy, "victim", "", 1))[1])
          .isNotNegative();
    }
    QuotaPolicy modest = Policies.perYear(3);
    for (int i = 0; i < 1_000; i++) {
      backend.decideSingle(Operation.HIT, modest, "flood " + i, "", 1, 0);
      assertThat(backend.decide(new BackendCall(Operation.HIT, policy, "victim", "", 1))[1])
          .isNegative();
    }
  }

  @Test
  void m3_everyBucketThatGaveWayIsCountedOnce() {
    InMemoryBackend backend = backend(100);
    QuotaPolicy policy = Policies.perYear(5);
    for (int i = 0; i < 1_000; i++) {
      assertThat(backend.evictions()).isEqualTo(Math.max(0, i - 100));
      backend.decideSingle(Operation.HIT, policy, "client " + i, "", 1 + i % 5, 0);
    }
    assertThat(backend.size()).isEqualTo(100);
  }

  @Test
  void m3_aRefilledBucketThatIsForgottenIsNoEviction() {
    InMemoryBackend backend = backend(100);
    QuotaPolicy policy = Policies.of("api", Rate.perSecond(5));
    for (int round = 0; round < 50; round++) {
      for (int i = 0; i < 100; i++) {
        backend.decideSingle(Operation.HIT, policy, round + ":" + i, "", 5, 0);
        backend.decideSingle(Operation.HIT, policy, round + ":" + i, "", 5, 0);
      }
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(backend.evictions()).isZero();
  }

  @Test
  void m3_knownClientsNeverFailAndNewOnesAreStillServedAtTheBound() {
    InMemoryBackend backend = backend(10);
    QuotaPolicy policy = Policies.perYear(10);
    for (int i = 0; i < 10; i++) {
      assertThat(backend.decideSingle(Operation.HIT, policy, "known " + i, "", 8, 0))
          .isNotNegative();
    }
    for (int i = 0; i < 100; i++) {
      assertThat(backend.decideSingle(Operation.HIT, policy, "new " + i, "", 1, 0)).isNotNegative();
    }
    for (int i = 0; i < 10; i++) {
      assertThat(backend.decideSingle(Operation.HIT, policy, "known " + i, "", 3, 0)).isNegative();
      assertThat(backend.decideSingle(Operation.HIT, policy, "known " + i, "", 2, 0)).isZero();
    }
    assertThat(backend.evictions()).isEqualTo(100);
  }

  /** A new client is limited although all others have taken more. */
  @Test
  void m3_b3_aNewClientIsCountedAmongOthersThatMissLessThanHalf() {
    InMemoryBackend backend = backend(1_000);
    QuotaPolicy policy = Policies.perYear(100);
    for (int i = 0; i < 1_000; i++) {
      backend.decideSingle(Operation.HIT, policy, "resident " + i, "", 40, 0);
    }
    // The bound is divided among stripes: a resident may have been evicted already.
    long before = backend.evictions();
    long granted = 0;
    for (int i = 0; i < 500; i++) {
      granted += backend.decideSingle(Operation.HIT, policy, "newcomer", "", 1, 0) >= 0 ? 1 : 0;
    }
    assertThat(granted).isEqualTo(100);
    assertThat(backend.evictions() - before).isBetween(0L, 1L);
  }

  private InMemoryBackend backend(int maxKeys) {
    return InMemoryBackend.builder("test").maxKeys(maxKeys).clock(clock).build();
  }

  private static void exhaust(InMemoryBackend backend, QuotaPolicy policy, int victim) {
    for (long i = 0; i < policy.capacity(); i++) {
      assertThat(hit(backend, policy, victim)).isNotNegative();
    }
    assertThat(hit(backend, policy, victim)).isNegative();
  }

  private static long hit(InMemoryBackend backend, QuotaPolicy policy, int victim) {
    return backend.decideSingle(Operation.HIT, policy, "victim " + victim, "", 1, 0);
  }
}

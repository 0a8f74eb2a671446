package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.memory.ConcurrentRunner;
import io.traffik.memory.Policies;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reservations, settlements and versions of a policy, on one or several hosts. */
class StoredDebtTest {

  private static final long SECOND = 1_000_000_000L;
  private static final QuotaPolicy ONE_PER_SECOND = Policies.of("api", Rate.perSecond(1));

  private final SettableWallClock time = new SettableWallClock();
  private final TestStore store = new TestStore(time);
  private final Backend backend = new TestStoreBackend("app", store, time);

  @BeforeEach
  void setClock() {
    time.set(1_767_225_600L * SECOND);
  }

  private static BackendCall call(
      Operation operation, QuotaPolicy policy, long cost, long argument) {
    return new BackendCall(operation, policy, "client", "", cost, argument);
  }

  private static long hit(Backend backend, QuotaPolicy policy, long patience) {
    return backend.decideSingle(Operation.HIT, policy, "client", "", 1, patience);
  }

  /** Each call of a caller is one call of the backend. The order is that of the arrivals. */
  @Test
  void b13_twentyCallersProceedInOrderAndEvenlySpaced() throws Exception {
    QuotaPolicy policy = Policies.of("api", Rate.perSecond(5).withCapacity(1));
    List<Long> waits = Collections.synchronizedList(new ArrayList<>());
    ConcurrentRunner.sum(
        20,
        thread -> {
          long first = -hit(backend, policy, 60 * SECOND);
          long second = -hit(backend, policy, 60 * SECOND);
          assertThat(second).isGreaterThan(first);
          waits.addAll(List.of(first, second));
          return 0;
        });
    assertThat(waits)
        .containsExactlyInAnyOrderElementsOf(
            LongStream.range(0, 40).mapToObj(i -> i * SECOND / 5).toList());
    assertThat(store.reads.get()).isLessThanOrEqualTo(40);
  }

  @Test
  void b13_onlyTheLastReservationReturnsItsTokens() {
    for (long wait = 0; wait < 4; wait++) {
      assertThat(hit(backend, ONE_PER_SECOND, 9 * SECOND)).isEqualTo(-wait * SECOND);
    }
    long writes = store.writes.get();
    backend.decide(call(Operation.REFUND, ONE_PER_SECOND, 1, SECOND));
    assertThat(store.writes).hasValue(writes);
    backend.decide(call(Operation.REFUND, ONE_PER_SECOND, 1, 3 * SECOND));
    assertThat(hit(backend, ONE_PER_SECOND, 9 * SECOND)).isEqualTo(-3 * SECOND);
  }

  /** A host whose clock is behind grants, waits and cancels by its own clock. */
  @Test
  void b8_b13_aWaitCountsFromTheClockOfTheHost() {
    long skew = 600_000_000L;
    Backend behind = new TestStoreBackend("app", store, time.ahead(-skew));
    assertThat(hit(backend, ONE_PER_SECOND, 0)).isZero();
    assertThat(hit(behind, ONE_PER_SECOND, SECOND + skew - 1)).isEqualTo(-SECOND - skew);
    assertThat(hit(behind, ONE_PER_SECOND, SECOND + skew)).isEqualTo(-SECOND - skew);
    assertThat(hit(backend, ONE_PER_SECOND, 9 * SECOND)).isEqualTo(-2 * SECOND);
    // The reservation on the host that is behind is not the last one.
    behind.decide(call(Operation.REFUND, ONE_PER_SECOND, 1, SECOND + skew));
    assertThat(hit(backend, ONE_PER_SECOND, 9 * SECOND)).isEqualTo(-3 * SECOND);
    assertThat(hit(behind, ONE_PER_SECOND, 9 * SECOND)).isEqualTo(-4 * SECOND - skew);
    behind.decide(call(Operation.REFUND, ONE_PER_SECOND, 1, 4 * SECOND + skew));
    assertThat(hit(backend, ONE_PER_SECOND, 9 * SECOND)).isEqualTo(-4 * SECOND);
  }

  @Test
  void b4_b8_aWaitByAClockThatIsBehindIsAtMost140Years() {
    backend.decide(call(Operation.SETTLE, ONE_PER_SECOND, Long.MAX_VALUE, Long.MAX_VALUE));
    Backend behind = new TestStoreBackend("app", store, time.ahead(-SECOND / 2));
    assertThat(hit(backend, ONE_PER_SECOND, 0)).isEqualTo(-Margin.MAX_NANOS);
    assertThat(hit(behind, ONE_PER_SECOND, 0)).isEqualTo(-Margin.MAX_NANOS);
  }

  /** By the clock that is ahead, the first reservation proceeds now; it is still not the last. */
  @Test
  void b13_aReservationThatIsDueByAnotherClockIsCancelledAndNotRefunded() {
    Backend behind = new TestStoreBackend("app", store, time.ahead(-SECOND));
    hit(backend, ONE_PER_SECOND, 0);
    assertThat(hit(backend, ONE_PER_SECOND, 9 * SECOND)).isEqualTo(-SECOND);
    behind.decide(call(Operation.REFUND, ONE_PER_SECOND, 1, SECOND / 4));
    assertThat(hit(backend, ONE_PER_SECOND, 9 * SECOND)).isEqualTo(-2 * SECOND);
  }

  /** The step exceeds the time to fill, so the debt moves to the new time. */
  @Test
  void b8_b13_aStepBackNeitherForgivesNorAddsDebts() {
    backend.decide(call(Operation.SETTLE, ONE_PER_SECOND, 21, 60));
    time.advance(-3_600 * SECOND);
    assertThat(hit(backend, ONE_PER_SECOND, 20 * SECOND)).isEqualTo(-21 * SECOND);
    assertThat(hit(backend, ONE_PER_SECOND, 21 * SECOND)).isEqualTo(-21 * SECOND);
    backend.decide(call(Operation.REFUND, ONE_PER_SECOND, 1, 21 * SECOND));
    time.advance(20 * SECOND);
    assertThat(hit(backend, ONE_PER_SECOND, 0)).isEqualTo(-SECOND);
    time.advance(SECOND);
    assertThat(hit(backend, ONE_PER_SECOND, 0)).isZero();
  }

  @Test
  void b14_aSettlementIsOwedOnAllHostsAndTheRestIsReported() {
    QuotaPolicy two = Policies.of("api", Rate.perSecond(10), Rate.perMinute(60));
    assertThat(backend.decide(call(Operation.SETTLE, two, 100, 25)))
        .containsExactly(-25 * SECOND / 10, -25 * SECOND, 65);
    Backend other = new TestStoreBackend("app", store, time);
    assertThat(other.decide(call(Operation.HIT, two, 1, 0)))
        .containsExactly(-26 * SECOND / 10, -26 * SECOND);
    time.advance(26 * SECOND);
    assertThat(other.decide(call(Operation.HIT, two, 1, 0))).containsExactly(9 * SECOND / 10, 0);
  }

  @Test
  void b11_twoVersionsOnSeveralHostsGrantNoMoreThanTheLargerOne() throws Exception {
    List<QuotaPolicy> versions =
        List.of(
            Policies.of("api", Rate.of(1_000, Policies.YEAR)),
            Policies.of("api", Rate.of(1_000, Policies.YEAR).withCapacity(20)),
            Policies.of("api", Rate.of(700, Policies.YEAR.multipliedBy(2))));
    List<Backend> hosts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      hosts.add(new TestStoreBackend("app", store, time));
    }
    long granted =
        ConcurrentRunner.sum(
            9,
            thread -> {
              long sum = 0;
              for (int i = 0; i < 400; i++) {
                QuotaPolicy version = versions.get((thread + i) % 3);
                sum += hit(hosts.get(thread % 3), version, 0) >= 0 ? 1 : 0;
              }
              return sum;
            });
    assertThat(granted).isBetween(700L, 1_000L);
  }

  /** An older release neither uses nor changes the rate that a newer one has appended. */
  @Test
  void b11_aRateThatAVersionLacksStaysAsItIs() {
    Rate perSecond = Rate.perSecond(10);
    QuotaPolicy older = Policies.of("api", perSecond);
    QuotaPolicy newer = Policies.of("api", perSecond, Rate.perHour(5));
    backend.decide(call(Operation.HIT, older, 3, 0));
    // The appended bucket is full.
    assertThat(backend.decide(call(Operation.HIT, newer, 5, 0)))
        .containsExactly(2 * SECOND / 10, 0);
    time.advance(SECOND);
    assertThat(backend.decide(call(Operation.HIT, older, 10, 0))).containsExactly(0);
    time.advance(719 * SECOND);
    assertThat(backend.decide(call(Operation.PEEK, newer, 1, 0)))
        .containsExactly(9 * SECOND / 10, 0);
  }

  @Test
  void b11_aRateThatMovesTakesOverTheBucketOfItsPosition() {
    QuotaPolicy policy = Policies.of("api", Rate.perHour(10), Rate.perSecond(10));
    backend.decide(call(Operation.HIT, policy, 10, 0));
    QuotaPolicy swapped = Policies.of("api", Rate.perSecond(10), Rate.perHour(10));
    assertThat(backend.decide(call(Operation.HIT, swapped, 1, 0)))
        .containsExactly(-SECOND / 10, -360 * SECOND);
  }
}

package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.memory.Policies;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The writes of a backend, and the expiry of its values. */
class StoredValueExpiryTest {

  private final SettableWallClock time = new SettableWallClock();
  private final TestStore store = new TestStore(time);
  private final FaultyStoreBackend backend = new FaultyStoreBackend("app", store, time);

  @Test
  void b10_aValueExpiresASecondAfterItsBucketsAreFull() {
    QuotaPolicy policy = Policies.of("api", Rate.perSecond(10), Rate.perMinute(60));
    backend.decide(new BackendCall(Operation.HIT, policy, "client", "", 3));
    assertThat(backend.lastExpiry).isEqualTo(Duration.ofSeconds(4));
    time.advance(Duration.ofSeconds(1).plusNanos(1));
    backend.decide(new BackendCall(Operation.HIT, policy, "client", "", 1));
    assertThat(backend.lastExpiry).as("rounded up").isEqualTo(Duration.ofSeconds(4));
    backend.decide(new BackendCall(Operation.REFUND, policy, "client", "", 60));
    assertThat(backend.lastExpiry).isEqualTo(Duration.ofSeconds(1));
    time.advance(Duration.ofSeconds(1));
    assertThat(store.keys()).isEmpty();
  }

  /** The bucket refills only after the clock of this host has reached the last write. */
  @Test
  void b4_b10_aValueIsKeptUntilItsBucketsAreFullByTheWritersClock() {
    QuotaPolicy policy = Policies.of("api", Rate.perMinute(60));
    time.advance(Duration.ofDays(1));
    backend.decideSingle(Operation.HIT, policy, "client", "", 3, 0);
    time.advance(Duration.ofSeconds(-20));
    backend.decideSingle(Operation.HIT, policy, "client", "", 1, 0);
    assertThat(backend.lastExpiry).isEqualTo(Duration.ofSeconds(3 + 1 + 20 + 1));
  }

  @Test
  void b2_b10_unchangedBucketsAreNotWritten() {
    backend.decideSingle(Operation.PEEK, TestStoreBackend.ONE, "client", "", 1, 0);
    backend.decideSingle(Operation.REFUND, TestStoreBackend.ONE, "client", "", 1, 0);
    backend.decideSingle(Operation.HIT, TestStoreBackend.ONE, "client", "", 0, 0);
    assertThat(store.keys()).isEmpty();
    TestStoreBackend.hit(backend);
    TestStoreBackend.hit(backend);
    backend.decideSingle(Operation.PEEK, TestStoreBackend.ONE, "client", "", 1, 0);
    backend.decideSingle(Operation.HIT, TestStoreBackend.ONE, "client", "", 0, 0);
    assertThat(store.writes).hasValue(1);
  }

  @Test
  void b2_b11_aDenialWritesTheSpeedAndNothingElse() {
    QuotaPolicy perHour = Policies.of("api", Rate.perHour(10));
    QuotaPolicy perSecond = Policies.of("api", Rate.perSecond(10));
    backend.decideSingle(Operation.HIT, perHour, "client", "", 10, 0);
    assertThat(backend.decideSingle(Operation.HIT, perSecond, "client", "", 1, 0))
        .isEqualTo(-100_000_000);
    assertThat(store.writes).hasValue(2);
    assertThat(backend.lastExpiry).isEqualTo(Duration.ofSeconds(2));
    time.advance(100_000_000);
    assertThat(backend.decideSingle(Operation.HIT, perSecond, "client", "", 1, 0)).isZero();
  }

  @Test
  void b11_peeksAndFreeAndImpossibleHitsDoNotWriteTheSpeed() {
    QuotaPolicy perHour = Policies.of("api", Rate.perHour(10));
    QuotaPolicy perSecond = Policies.of("api", Rate.perSecond(10));
    backend.decideSingle(Operation.HIT, perHour, "client", "", 10, 0);
    backend.decideSingle(Operation.PEEK, perSecond, "client", "", 1, 0);
    backend.decideSingle(Operation.HIT, perSecond, "client", "", 0, 0);
    assertThat(backend.decideSingle(Operation.HIT, perSecond, "client", "", 11, 0))
        .isEqualTo(Margin.NEVER);
    assertThat(store.writes).hasValue(1);
    time.advance(100_000_000);
    assertThat(backend.decideSingle(Operation.PEEK, perHour, "client", "", 1, 0))
        .isEqualTo(100_000_000 - perHour.rate(0).nanosPerToken());
  }

  /** A debt of 140 years at another speed cannot be written, so the stored one remains. */
  @Test
  void b11_b14_aDebtThatCannotBeConvertedIsNotWritten() {
    QuotaPolicy perYear = Policies.of("api", Rate.of(1, Policies.YEAR).withCapacity(10));
    QuotaPolicy perCentury = Policies.of("api", Rate.of(1, Policies.YEAR.multipliedBy(100)));
    backend.decideSingle(Operation.HIT, perYear, "client", "", 10, 0);
    assertThat(backend.decideSingle(Operation.HIT, perCentury, "client", "", 1, 0))
        .isEqualTo(-Policies.YEAR.multipliedBy(10).toNanos());
    assertThat(backend.decideSingle(Operation.REFUND, perCentury, "client", "", 1, 0))
        .isEqualTo(-Margin.MAX_NANOS);
    assertThat(backend.decide(new BackendCall(Operation.SETTLE, perCentury, "client", "", 7, 9)))
        .containsExactly(-Margin.MAX_NANOS, 7);
    assertThat(store.writes).hasValue(1);
  }

  /** Otherwise the store would forget the debt before the bucket has refilled. */
  @Test
  void b10_b13_b14_aValueIsKeptUntilDebtsBeyondTheCapacityHaveRefilled() {
    QuotaPolicy policy = Policies.of("api", Rate.perSecond(10));
    backend.decideSingle(Operation.HIT, policy, "client", "", 10, 0);
    backend.decideSingle(Operation.HIT, policy, "client", "", 10, 2_000_000_000L);
    assertThat(backend.lastExpiry).isEqualTo(Duration.ofSeconds(3));
    backend.decide(new BackendCall(Operation.SETTLE, policy, "client", "", 100, 1_000));
    assertThat(backend.lastExpiry).isEqualTo(Duration.ofSeconds(13));
  }
}

package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Full buckets are removed without a request. */
class FullBucketRemovalTest {

  private static final QuotaPolicy PER_SECOND = Policies.of("api", Rate.perSecond(10));

  private final SettableClock clock = new SettableClock();

  /** Hits on a single key suffice, whichever stripes hold the others. */
  @ParameterizedTest
  @CsvSource({"1000000, 5000, 100000", "10000, 9700, 40000", "100, 100, 1100", "7, 7, 600"})
  void m2_b10_refilledBucketsAreForgottenWithinABoundedNumberOfHitsOnAnotherKey(
      long maxKeys, int keys, int hits) {
    InMemoryBackend backend = backend(maxKeys);
    fill(backend, keys);
    assertThat(backend.size()).isEqualTo(keys);
    clock.advance(Duration.ofSeconds(1));
    QuotaPolicy hot = Policies.perYear(3);
    for (int i = 0; i < hits; i++) {
      backend.decideSingle(Operation.HIT, hot, "hot", "", 1, 0);
    }
    assertThat(backend.size()).isEqualTo(1);
    assertThat(backend.evictions()).isZero();
  }

  /** One hit removes only a small part of the full buckets. */
  @Test
  void m2_hitsForgetInSmallSteps() {
    InMemoryBackend backend = backend(100_000);
    fill(backend, 20_000);
    clock.advance(Duration.ofSeconds(1));
    QuotaPolicy hot = Policies.perYear(1_000_000);
    long before = backend.size();
    while (before > 1) {
      backend.decideSingle(Operation.HIT, hot, "hot", "", 1, 0);
      long after = backend.size();
      assertThat(before - after).isLessThan(2_000);
      before = after;
    }
  }

  @Test
  void m2_cleanUpForgetsAllThatHaveRefilledAndNoOther() {
    InMemoryBackend backend = backend(100_000);
    QuotaPolicy slow = Policies.perYear(3);
    for (int i = 0; i < 1_000; i++) {
      backend.decideSingle(Operation.HIT, slow, "slow " + i, "", 1, 0);
    }
    fill(backend, 1_000);
    clock.advance(Duration.ofSeconds(1).minusNanos(900_000_001));
    backend.cleanUp();
    assertThat(backend.size()).isEqualTo(2_000);
    clock.advance(1);
    backend.cleanUp();
    assertThat(backend.size()).isEqualTo(1_000);
    for (int i = 0; i < 1_000; i++) {
      assertThat(backend.decideSingle(Operation.HIT, slow, "slow " + i, "", 3, 0)).isNegative();
    }
  }

  @Test
  void b2_b10_whatTakesNothingFromAFullBucketKeepsNothing() {
    InMemoryBackend backend = backend(100);
    assertThat(backend.decideSingle(Operation.PEEK, PER_SECOND, "client", "", 1, 0))
        .isNotNegative();
    assertThat(backend.decideSingle(Operation.HIT, PER_SECOND, "client", "", 0, 0)).isNotNegative();
    assertThat(backend.decideSingle(Operation.REFUND, PER_SECOND, "client", "", 5, 0)).isPositive();
    QuotaPolicy two = Policies.of("two", Rate.perSecond(10), Rate.perSecond(5));
    assertThat(backend.decide(new BackendCall(Operation.PEEK, two, "client", "", 5))).hasSize(2);
    assertThat(backend.decide(new BackendCall(Operation.REFUND, two, "client", "", 5))).hasSize(2);
    assertThat(backend.size()).isZero();
  }

  @Test
  void b12_aBucketFilledByARefundIsForgotten() {
    InMemoryBackend backend = backend(100);
    fill(backend, 50);
    for (int i = 0; i < 50; i++) {
      backend.decideSingle(Operation.REFUND, PER_SECOND, "client " + i, "", 1, 0);
    }
    backend.cleanUp();
    assertThat(backend.size()).isZero();
  }

  private InMemoryBackend backend(long maxKeys) {
    return InMemoryBackend.builder("test").maxKeys(maxKeys).clock(clock).build();
  }

  private static void fill(InMemoryBackend backend, int keys) {
    for (int i = 0; i < keys; i++) {
      backend.decideSingle(Operation.HIT, PER_SECOND, "client " + i, "", 1, 0);
    }
  }
}

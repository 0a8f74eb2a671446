package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.ExactBucket;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackwardClockTest {

  private static final QuotaPolicy TEN = Policies.of("api", Rate.perSecond(10));
  private static final Rate RATE = TEN.rate(0);

  private final SettableClock clock = new SettableClock();
  private final InMemoryBackend backend = InMemoryBackend.builder("test").clock(clock).build();

  @Provide
  Arbitrary<List<Long>> moves() {
    return Arbitraries.longs().between(-2_000_000_000, 1_000_000_000).list().ofMaxSize(50);
  }

  @Property
  void b8_aStepBackCountsAsStandingStill(
      @ForAll("moves") List<Long> moves, @ForAll @LongRange(max = 3) long cost) {
    SettableClock stepping = new SettableClock();
    InMemoryBackend fresh = InMemoryBackend.builder("test").clock(stepping).build();
    ExactBucket model = ExactBucket.atAppliedRate(RATE, 0);
    long forward = 0;
    for (long move : moves) {
      stepping.advance(move);
      forward += Math.max(0, move);
      model.advanceTo(forward);
      assertThat(fresh.decideSingle(Operation.HIT, TEN, "client", "", cost, 0))
          .isEqualTo(model.margin(cost));
      if (model.allows(cost)) {
        model.take(cost);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000_000_000, Long.MAX_VALUE / 2, Long.MAX_VALUE})
  void b8_aStepBackTakesAndAddsNothingAndRefillingGoesOn(long back) {
    clock.set(Long.MAX_VALUE - 5_000_000_000L);
    InMemoryBackend late = InMemoryBackend.builder("test").clock(clock).build();
    assertThat(late.decideSingle(Operation.HIT, TEN, "client", "", 7, 0)).isEqualTo(300_000_000);
    clock.advance(-back);
    assertThat(late.decideSingle(Operation.PEEK, TEN, "client", "", 0, 0)).isEqualTo(300_000_000);
    assertThat(late.decideSingle(Operation.HIT, TEN, "client", "", 4, 0)).isEqualTo(-100_000_000);
    clock.advance(100_000_000);
    assertThat(late.decideSingle(Operation.HIT, TEN, "client", "", 4, 0)).isZero();
    clock.advance(RATE.fillNanos());
    assertThat(late.decideSingle(Operation.HIT, TEN, "client", "", 10, 0)).isZero();
  }

  /** The forward steps of an oscillating clock add up to more time than instants can represent. */
  @Test
  void b3_b8_noSwingOfTheClockGrantsMoreThanTheCapacity() {
    for (int swing = 0; swing < 5; swing++) {
      for (int hit = 0; hit < 20; hit++) {
        assertThat(decide(Operation.HIT, 1)).isLessThan(RATE.fillNanos());
      }
      assertThat(decide(Operation.HIT, 1)).isNegative();
      clock.set(Long.MAX_VALUE / 2);
      decide(Operation.PEEK, 0);
      clock.set(0);
    }
  }

  @Test
  void b8_aClockThatStandsStillRefillsNothing() {
    assertThat(decide(Operation.HIT, 10)).isZero();
    for (int i = 0; i < 100; i++) {
      assertThat(decide(Operation.HIT, 1)).isEqualTo(-RATE.nanosPerToken());
    }
  }

  @Test
  void b8_theClocksOriginDoesNotMatter() {
    for (long origin : new long[] {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE - 10}) {
      clock.set(origin);
      InMemoryBackend other = InMemoryBackend.builder("test").clock(clock).build();
      assertThat(other.decideSingle(Operation.HIT, TEN, "client", "", 10, 0)).isZero();
      // The reading wraps past Long.MAX_VALUE, as System.nanoTime() may.
      clock.advance(RATE.nanosPerToken());
      assertThat(other.decideSingle(Operation.HIT, TEN, "client", "", 1, 0)).isZero();
    }
  }

  @Test
  void b8_withoutAClockTheTimeOfTheProcessGoesOn() {
    InMemoryBackend real = InMemoryBackend.create("test");
    QuotaPolicy policy = Policies.of("api", Rate.of(1, Duration.ofNanos(1)));
    assertThat(real.decideSingle(Operation.HIT, policy, "client", "", 1, 0)).isZero();
    boolean granted = false;
    for (int i = 0; i < 1_000_000 && !granted; i++) {
      granted = real.decideSingle(Operation.HIT, policy, "client", "", 1, 0) >= 0;
    }
    assertThat(granted).isTrue();
  }

  private long decide(Operation operation, long cost) {
    return backend.decideSingle(operation, TEN, "client", "", cost, 0);
  }
}

package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.ExactBucket;
import io.traffik.bucket.RateArbitraries;
import io.traffik.memory.Policies;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** One host whose clock is set back or forward, independently of the store's clock. */
class SetBackClockTest {

  private static final long START = 1_767_225_600_000_000_000L;
  private static final long SECOND = 1_000_000_000L;

  /** A host with its clock, and a store with another clock. */
  private static final class Host {

    final SettableWallClock time = new SettableWallClock();
    final SettableWallClock storeTime = new SettableWallClock();
    final TestStore store = new TestStore(storeTime);
    Backend backend = started();

    /** The offset of the host's clock, in nanoseconds. */
    long ahead;

    Host() {
      time.set(START);
    }

    private Backend started() {
      return new TestStoreBackend("app", store, () -> time.instant().plusNanos(ahead));
    }

    /** Advances the host's clock, and optionally the store's, which then removes expired values. */
    void advance(long nanos, boolean storeExpires) {
      time.advance(nanos);
      storeTime.advance(storeExpires ? nanos : 0);
    }

    /** Restarts the backend, which loses its earlier clock readings. */
    void restart() {
      backend = started();
    }

    long hit(QuotaPolicy policy, long cost) {
      return backend.decideSingle(Operation.HIT, policy, "client", "", cost, 0);
    }

    long peek(QuotaPolicy policy, long cost) {
      return backend.decideSingle(Operation.PEEK, policy, "client", "", cost, 0);
    }
  }

  /** RateArbitraries that fill within 38 years, so that the clock never reaches its end in 2116. */
  @Provide
  Arbitrary<Rate> rates() {
    return RateArbitraries.any().filter(rate -> rate.fillNanos() < 1_200_000_000_000_000_000L);
  }

  /** Steps of up to 28 years, so that the clock stays after 1970; mostly near the boundaries. */
  @Provide
  Arbitrary<Long> steps() {
    return Arbitraries.oneOf(
        Arbitraries.of(1L, SECOND - 1, SECOND, SECOND + 1, START / 2),
        Arbitraries.longs().between(1, 3 * SECOND),
        Arbitraries.longs().between(1, START / 2));
  }

  @Property
  void b8_b4_aStepBackNeitherTakesNorAddsAndDenialsAreExact(
      @ForAll("rates") Rate rate,
      @ForAll("steps") long back,
      @ForAll long taken,
      @ForAll long requested,
      @ForAll boolean aboutToFill) {
    Host host = new Host();
    QuotaPolicy policy = Policies.of("api", rate);
    long available = host.hit(policy, 1 + Math.floorMod(taken, rate.capacity()));
    host.ahead -= aboutToFill ? rate.fillNanos() % (START / 2) + back % 3 - 1 : back;
    assertThat(host.peek(policy, 0)).isEqualTo(available);
    long cost = Math.floorMod(requested, rate.capacity()) + 1;
    long after = available - cost * rate.nanosPerToken();
    if (after >= 0) {
      assertThat(host.hit(policy, cost)).isEqualTo(after);
      return;
    }
    long wait = -host.hit(policy, cost);
    assertThat(wait).isPositive();
    host.time.advance(wait - 1);
    assertThat(host.peek(policy, cost)).isEqualTo(-1);
    host.time.advance(1);
    assertThat(host.hit(policy, cost)).isZero();
  }

  @Property
  void b8_refillingPausesAtMostOneFillTime(
      @ForAll("rates") Rate rate,
      @ForAll("steps") long back,
      @ForAll long taken,
      @ForAll long more,
      @ForAll boolean storeExpires,
      @ForAll List<Integer> pauses) {
    Host host = new Host();
    QuotaPolicy policy = Policies.of("api", rate);
    long available = host.hit(policy, 1 + Math.floorMod(taken, rate.capacity()));
    host.ahead -= back;
    host.peek(policy, 0);
    long refilled = Math.floorMod(more, rate.fillNanos());
    long left = rate.fillNanos() + refilled;
    for (int pause : pauses) {
      long part = Math.floorMod(pause * SECOND + pause, left + 1);
      host.advance(part, storeExpires);
      left -= part;
      // Neither a denial nor a hit of cost 0 may delay refilling.
      host.peek(policy, rate.capacity());
      host.hit(policy, 0);
    }
    host.advance(left, storeExpires);
    assertThat(host.peek(policy, 0))
        .isBetween(Math.min(rate.fillNanos(), available + refilled), rate.fillNanos());
  }

  /** A host that has just started cannot detect that its clock was set back. */
  @Example
  void b8_afterARestartRefillingPausesAtMostOneSecondOrFillTime() {
    Host host = new Host();
    QuotaPolicy brief = Policies.of("brief", Rate.perSecond(100).withCapacity(2));
    host.hit(brief, 2);
    host.ahead -= SECOND;
    host.restart();
    assertThat(host.hit(brief, 1)).isEqualTo(-SECOND - 10_000_000);
    host.ahead -= 1;
    host.restart();
    assertThat(host.hit(brief, 1)).isEqualTo(-10_000_000);
    // Without a restart, the host detects the step.
    QuotaPolicy another = Policies.of("another", Rate.perSecond(100).withCapacity(2));
    host.hit(another, 2);
    host.ahead -= 21_000_000;
    assertThat(host.hit(another, 1)).isEqualTo(-10_000_000);
  }

  @Provide
  Arbitrary<List<long[]>> histories() {
    return Combinators.combine(
            Arbitraries.longs().between(0, 2 * SECOND),
            Arbitraries.longs().between(-3 * SECOND, 3 * SECOND),
            Arbitraries.longs().between(0, 5))
        .as((wait, step, cost) -> new long[] {wait, step, cost})
        .list()
        .ofMaxSize(60);
  }

  @Provide
  Arbitrary<Rate> shortRates() {
    return Arbitraries.of(
        Rate.perSecond(10),
        Rate.perSecond(100).withCapacity(5),
        Rate.perSecond(5).withCapacity(20),
        Rate.of(5, Duration.ofMillis(7)));
  }

  /**
   * The upper bound is a bucket that refills on steps forward; the lower, the tokens left before.
   */
  @Property
  void b8_noHistoryOfStepsTakesOrAddsTokens(
      @ForAll("shortRates") Rate rate, @ForAll("histories") List<long[]> history) {
    Host host = new Host();
    QuotaPolicy policy = Policies.of("api", rate);
    ExactBucket upperBound = ExactBucket.atAppliedRate(rate, 0);
    long forward = 0;
    long left = rate.fillNanos();
    for (long[] move : history) {
      host.time.advance(move[0]);
      host.ahead += move[1];
      forward += Math.max(0, move[0] + move[1]);
      upperBound.advanceTo(forward);
      long cost = Math.min(move[2], rate.capacity());
      long available = host.peek(policy, 0);
      assertThat(available).isBetween(left, upperBound.margin(0));
      long margin = host.hit(policy, cost);
      if (margin >= 0 && cost > 0) {
        upperBound.take(cost);
        left = margin;
      }
    }
  }

  @Example
  void b8_aStoppedClockRefillsNothing() {
    Host host = new Host();
    QuotaPolicy policy = Policies.of("api", Rate.perSecond(10));
    assertThat(host.hit(policy, 10)).isZero();
    for (int i = 0; i < 100; i++) {
      assertThat(host.hit(policy, 1)).isEqualTo(-100_000_000);
    }
  }

  @Example
  void b8_theClockStopsBefore1970AndAfter2116() {
    Host host = new Host();
    QuotaPolicy policy = Policies.of("api", Rate.perSecond(10));
    for (long offset : new long[] {-START - SECOND, (1L << 62) - START}) {
      host.ahead = offset;
      host.backend.reset();
      assertThat(host.hit(policy, 10)).isZero();
      host.ahead += SECOND / 2;
      assertThat(host.hit(policy, 1)).isEqualTo(-100_000_000);
    }
    host.ahead = 0;
    assertThat(host.hit(policy, 1)).isEqualTo(-100_000_000);
    host.time.advance(100_000_000);
    assertThat(host.hit(policy, 1)).isZero();
  }
}

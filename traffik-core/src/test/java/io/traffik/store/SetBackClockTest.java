package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.ExactBucket;
import io.traffik.bucket.Rates;
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

/** One host whose clock is set back, and on, while the store's time goes its way. */
class SetBackClockTest {

  private static final long START = 1_767_225_600_000_000_000L;
  private static final long SECOND = 1_000_000_000L;

  /** A host and its clock, and a store with a time of its own. */
  private static final class Host {

    final ManualTime time = new ManualTime();
    final ManualTime storeTime = new ManualTime();
    final MapStore store = new MapStore(storeTime);
    Backend backend = started();

    /** How far the host's clock is off. */
    long ahead;

    Host() {
      time.set(START);
    }

    private Backend started() {
      return new MapStoreBackend("app", store, () -> time.instant().plusNanos(ahead));
    }

    /** Time goes by; where it does in the store too, that forgets what has expired. */
    void advance(long nanos, boolean storeForgets) {
      time.advance(nanos);
      storeTime.advance(storeForgets ? nanos : 0);
    }

    /** From now on it does not know what its clock showed before. */
    void restart() {
      backend = started();
    }

    long hit(QuotaPolicy policy, long cost) {
      return backend.decideSingle(Operation.HIT, policy, "client", "", cost);
    }

    long peek(QuotaPolicy policy, long cost) {
      return backend.decideSingle(Operation.PEEK, policy, "client", "", cost);
    }
  }

  /** That fill within 38 years, so that the clock never comes to its end in 2116. */
  @Provide
  Arbitrary<Rate> rates() {
    return Rates.any().filter(rate -> rate.fillNanos() < 1_200_000_000_000_000_000L);
  }

  /** Up to 28 years, so that the clock stays behind 1970; mostly about the times that matter. */
  @Provide
  Arbitrary<Long> steps() {
    return Arbitraries.oneOf(
        Arbitraries.of(1L, SECOND - 1, SECOND, SECOND + 1, START / 2),
        Arbitraries.longs().between(1, 3 * SECOND),
        Arbitraries.longs().between(1, START / 2));
  }

  @Property
  void b8_b4_aStepBackTakesAndAddsNothingAndADenialLastsExactly(
      @ForAll("rates") Rate rate,
      @ForAll("steps") long back,
      @ForAll long taken,
      @ForAll long asked,
      @ForAll boolean aboutToFill) {
    Host host = new Host();
    QuotaPolicy policy = Policies.of("api", rate);
    long held = host.hit(policy, 1 + Math.floorMod(taken, rate.capacity()));
    host.ahead -= aboutToFill ? rate.fillNanos() % (START / 2) + back % 3 - 1 : back;
    assertThat(host.peek(policy, 0)).isEqualTo(held);
    long cost = Math.floorMod(asked, rate.capacity()) + 1;
    long after = held - cost * rate.nanosPerToken();
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
  void b8_refillingStopsNoLongerThanTheTimeToFill(
      @ForAll("rates") Rate rate,
      @ForAll("steps") long back,
      @ForAll long taken,
      @ForAll long more,
      @ForAll boolean storeForgets,
      @ForAll List<Integer> pauses) {
    Host host = new Host();
    QuotaPolicy policy = Policies.of("api", rate);
    long held = host.hit(policy, 1 + Math.floorMod(taken, rate.capacity()));
    host.ahead -= back;
    host.peek(policy, 0);
    long refilled = Math.floorMod(more, rate.fillNanos());
    long left = rate.fillNanos() + refilled;
    for (int pause : pauses) {
      long part = Math.floorMod(pause * SECOND + pause, left + 1);
      host.advance(part, storeForgets);
      left -= part;
      // Denied or free: neither may hold up refilling.
      host.peek(policy, rate.capacity());
      host.hit(policy, 0);
    }
    host.advance(left, storeForgets);
    assertThat(host.peek(policy, 0))
        .isBetween(Math.min(rate.fillNanos(), held + refilled), rate.fillNanos());
  }

  /** A host that has just started cannot know whether the clock was set back. */
  @Example
  void b8_afterARestartRefillingStopsNoLongerThanASecondOrTheTimeToFill() {
    Host host = new Host();
    QuotaPolicy brief = Policies.of("brief", Rate.perSecond(100).withCapacity(2));
    host.hit(brief, 2);
    host.ahead -= SECOND;
    host.restart();
    assertThat(host.hit(brief, 1)).isEqualTo(-SECOND - 10_000_000);
    host.ahead -= 1;
    host.restart();
    assertThat(host.hit(brief, 1)).isEqualTo(-10_000_000);
    // The same host knows.
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

  /** Never more than a bucket that refills with every step forward, never less than was left. */
  @Property
  void b8_noHistoryOfStepsTakesOrAdds(
      @ForAll("shortRates") Rate rate, @ForAll("histories") List<long[]> history) {
    Host host = new Host();
    QuotaPolicy policy = Policies.of("api", rate);
    ExactBucket most = ExactBucket.atKeptRate(rate, 0);
    long forward = 0;
    long left = rate.fillNanos();
    for (long[] move : history) {
      host.time.advance(move[0]);
      host.ahead += move[1];
      forward += Math.max(0, move[0] + move[1]);
      most.advanceTo(forward);
      long cost = Math.min(move[2], rate.capacity());
      long held = host.peek(policy, 0);
      assertThat(held).isBetween(left, most.margin(0));
      long margin = host.hit(policy, cost);
      if (margin >= 0 && cost > 0) {
        most.take(cost);
        left = margin;
      }
    }
  }

  @Example
  void b8_aClockThatStandsStillRefillsNothing() {
    Host host = new Host();
    QuotaPolicy policy = Policies.of("api", Rate.perSecond(10));
    assertThat(host.hit(policy, 10)).isZero();
    for (int i = 0; i < 100; i++) {
      assertThat(host.hit(policy, 1)).isEqualTo(-100_000_000);
    }
  }

  @Example
  void b8_beforeTheEpochAndAfterItsEndTheClockStandsStill() {
    Host host = new Host();
    QuotaPolicy policy = Policies.of("api", Rate.perSecond(10));
    for (long far : new long[] {-START - SECOND, (1L << 62) - START}) {
      host.ahead = far;
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

package io.traffik.bucket;

import io.traffik.Operation;
import io.traffik.Rate;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Random rates over the whole range that {@link Rate} accepts, and random things to do to a bucket.
 */
public final class Histories {

  /** The longest that a history's clock runs. */
  public static final long FIFTY_YEARS = Duration.ofDays(50 * 365).toNanos();

  private Histories() {}

  /**
   * One thing that happens to a bucket.
   *
   * @param pause nanoseconds since the one before; below zero, the clock was set back
   */
  public record Step(Operation operation, long pause, long cost) {}

  public static Arbitrary<Rate> rates() {
    Arbitrary<Long> limits =
        Arbitraries.oneOf(
            Arbitraries.longs().between(1, 20), Arbitraries.longs().between(1, 1_000_000));
    Arbitrary<Long> periods =
        Arbitraries.oneOf(
            Arbitraries.longs().between(1_000_000, 10_000_000_000L),
            Arbitraries.longs().between(1_000_000_000, Duration.ofDays(365).toNanos()));
    Arbitrary<Long> capacities =
        Arbitraries.oneOf(
            Arbitraries.longs().between(1, 10), Arbitraries.longs().between(1, 1_000_000));
    return Combinators.combine(limits, periods, capacities)
        .as(Histories::rate)
        .edgeCases(
            edges ->
                edges.add(
                    Rate.of(1, Duration.ofDays(365L * 139)),
                    Rate.perSecond(1_000_000),
                    Rate.of(1_000_000_000, Duration.ofSeconds(1)),
                    Rate.of(1, Duration.ofNanos(1)).withCapacity(4_000_000_000_000_000_000L),
                    Rate.perSecond(3).withCapacity(1)));
  }

  /**
   * The rate of these parts; where a bucket would take too long to fill, with a smaller capacity.
   */
  private static Rate rate(long limit, long periodNanos, long capacity) {
    long interval = periodNanos / limit + 1;
    long most = Math.max(1, Duration.ofDays(365L * 100).toNanos() / interval);
    long slowEnough = Math.max(periodNanos, limit * 1_000);
    return Rate.of(limit, Duration.ofNanos(slowEnough))
        .withCapacity(Math.max(1, Math.min(capacity, most / 2)));
  }

  public static Arbitrary<List<Step>> steps(Rate rate, boolean clockStepsBack) {
    long interval = rate.nanosPerToken();
    Arbitrary<Long> nearTokens =
        Combinators.combine(
                Arbitraries.longs().between(0, Math.min(5, rate.capacity())),
                Arbitraries.longs().between(-2, 2))
            .as((tokens, off) -> Math.max(0, tokens * interval + off));
    Arbitrary<Long> waits =
        Arbitraries.oneOf(
            Arbitraries.just(0L),
            nearTokens,
            Arbitraries.longs().between(0, Math.min(FIFTY_YEARS, rate.fillNanos()) / 20 + 1));
    if (clockStepsBack) {
      waits = Arbitraries.oneOf(waits, Arbitraries.longs().between(-FIFTY_YEARS / 40, -1));
    }
    Arbitrary<Long> costs =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, Math.min(3, rate.capacity())),
            Arbitraries.longs().between(0, rate.capacity()));
    return Combinators.combine(
            Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, Arbitraries.just(Operation.HIT)),
                net.jqwik.api.Tuple.of(1, Arbitraries.just(Operation.PEEK)),
                net.jqwik.api.Tuple.of(1, Arbitraries.just(Operation.REFUND))),
            waits,
            costs)
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(40);
  }
}

package io.traffik.bucket;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.Margin;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * One step of a random history: a wait and an operation. Waits and costs are stored as choices,
 * because the interesting ones depend on a rate that is not known yet.
 *
 * @param pause the choice of the wait
 * @param cost the choice of the cost
 * @param number a number on which both depend, at least 0
 * @param nudge −1, 0 or 1, to approach boundaries from both sides
 * @param which selects a key, a rate or an earlier hit
 */
public record HistoryStep(
    Operation operation, Pause pause, Cost cost, long number, int nudge, int which) {

  private static final long FIFTY_YEARS = 50L * 8_766 * 3_600 * 1_000_000_000;

  /** Ways of choosing a wait. */
  enum Pause {
    NONE,
    NANOS,
    /** Until a whole number of tokens has refilled. */
    TOKENS,
    /** Until the last denial ends. */
    RETRY,
    /** Until an empty bucket is full. */
    FILL,
    /** Up to fifty years. */
    FAR
  }

  /** Ways of choosing a cost. */
  enum Cost {
    FREE,
    ONE,
    SMALL,
    UP_TO_CAPACITY,
    ABOUT_CAPACITY,
    HUGE
  }

  /** Histories of hits, peeks and refunds. */
  public static Arbitrary<List<HistoryStep>> histories() {
    return steps(
            Arbitraries.of(
                Operation.HIT, Operation.HIT, Operation.HIT, Operation.PEEK, Operation.REFUND))
        .list()
        .ofMinSize(1)
        .ofMaxSize(60);
  }

  private static Arbitrary<HistoryStep> steps(Arbitrary<Operation> operations) {
    return Combinators.combine(
            operations,
            Arbitraries.of(Pause.class),
            Arbitraries.of(Cost.class),
            Arbitraries.longs().between(0, Long.MAX_VALUE),
            Arbitraries.integers().between(-1, 1),
            Arbitraries.integers().between(0, 1_000))
        .as(HistoryStep::new);
  }

  /** The wait in nanoseconds, at least 0; {@code lastMargin} is the margin of the last decision. */
  public long waitNanos(Rate rate, long lastMargin) {
    long interval = rate.nanosPerToken();
    long chosen =
        switch (pause) {
          case NONE -> 0;
          case NANOS -> number % 5;
          case TOKENS -> interval * (number % Math.min(rate.capacity(), 4)) + nudge;
          case RETRY -> (lastMargin < 0 && lastMargin != Margin.NEVER ? -lastMargin : 0) + nudge;
          case FILL -> rate.fillNanos() + nudge;
          case FAR -> number % FIFTY_YEARS;
        };
    return Math.min(Math.max(0, chosen), FIFTY_YEARS);
  }

  /** The cost in tokens, at least 0. */
  public long tokens(Rate rate) {
    return switch (cost) {
      case FREE -> 0;
      case ONE -> 1;
      case SMALL -> number % 5;
      case UP_TO_CAPACITY -> 1 + number % rate.capacity();
      case ABOUT_CAPACITY -> rate.capacity() + nudge;
      case HUGE -> Math.max(rate.capacity(), number);
    };
  }

  /** The time after this step's wait, in the range of {@link TokenBucket}: below 2^62. */
  public long after(long now, Rate rate, long lastMargin) {
    return Math.min((1L << 62) - 1, now + waitNanos(rate, lastMargin));
  }
}

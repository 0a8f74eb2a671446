package io.traffik.bucket;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * One step of a random history: a pause, then an operation. Pauses, costs and arguments are choices
 * that depend on a rate. Most of them are near the limits of that rate.
 *
 * @param pause how the pause is chosen
 * @param cost how the cost is chosen
 * @param argument how the patience, the promised time or the largest debt is chosen
 * @param number a number from which the choices are computed, at least 0
 * @param nudge −1, 0 or 1, so that both sides of a limit are tried
 * @param which picks a key, a rate or an earlier hit
 */
public record HistoryStep(
    Operation operation,
    Pause pause,
    Cost cost,
    Argument argument,
    long number,
    int nudge,
    int which) {

  private static final long FIFTY_YEARS = 50L * 8_766 * 3_600 * 1_000_000_000;

  /** Ways of choosing a pause. */
  enum Pause {
    NONE,
    NANOS,
    /** Until a number of tokens has refilled. */
    TOKENS,
    /** Until the end of the last denial. */
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

  /** Ways of choosing an argument. */
  enum Argument {
    NONE,
    /** A few tokens, or the time in which they refill. */
    TOKENS,
    /** Any number up to the largest. */
    ANY,
    LARGEST
  }

  /** Histories of hits, peeks and refunds. */
  public static Arbitrary<List<HistoryStep>> histories() {
    return steps(
            Arbitraries.of(
                Operation.HIT, Operation.HIT, Operation.HIT, Operation.PEEK, Operation.REFUND),
            Arbitraries.just(Argument.NONE))
        .list()
        .ofMinSize(1)
        .ofMaxSize(60);
  }

  /** Histories of reservations, cancellations and settlements in addition. */
  public static Arbitrary<List<HistoryStep>> debtHistories() {
    return steps(
            Arbitraries.frequency(
                List.of(
                    Tuple.of(5, Operation.HIT),
                    Tuple.of(1, Operation.PEEK),
                    Tuple.of(2, Operation.REFUND),
                    Tuple.of(1, Operation.SETTLE))),
            Arbitraries.of(Argument.class))
        .list()
        .ofMinSize(1)
        .ofMaxSize(60);
  }

  private static Arbitrary<HistoryStep> steps(
      Arbitrary<Operation> operations, Arbitrary<Argument> arguments) {
    return Combinators.combine(
            operations,
            Arbitraries.of(Pause.class),
            Arbitraries.of(Cost.class),
            arguments,
            Arbitraries.longs().between(0, Long.MAX_VALUE),
            Arbitraries.integers().between(-1, 1),
            Arbitraries.integers().between(0, 1_000))
        .as(HistoryStep::new);
  }

  /** The pause in nanoseconds, at least 0; {@code lastMargin} is the margin of the last answer. */
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

  /** The patience in nanoseconds; with the time to fill, it is at most 140 years. */
  public long patience(QuotaPolicy policy) {
    long longest = Margin.MAX_NANOS;
    for (Rate rate : policy.rates()) {
      longest = Math.min(longest, Margin.MAX_NANOS - rate.fillNanos());
    }
    long interval = policy.rate(which % policy.size()).nanosPerToken();
    return switch (argument) {
      case NONE -> 0;
      case TOKENS ->
          Math.max(0, Math.min(longest, Math.min(interval, longest / 8) * (number % 8) + nudge));
      case ANY -> longest == 0 ? 0 : number % longest;
      case LARGEST -> longest;
    };
  }

  /** The number of tokens that a settlement may owe beyond the capacity. */
  public long maxDebt() {
    return switch (argument) {
      case NONE -> 0;
      case TOKENS -> number % 50;
      case ANY -> number;
      case LARGEST -> Long.MAX_VALUE;
    };
  }

  /**
   * The call of this step. A refund cancels a reservation, or one that is half a token earlier or
   * later.
   *
   * @param promised the time until the reservation proceeds; 0 for a refund of a hit
   */
  public BackendCall call(QuotaPolicy policy, String identity, long promised) {
    Rate rate = policy.rate(which % policy.size());
    long tokens = tokens(rate);
    return switch (operation) {
      case HIT, PEEK ->
          new BackendCall(
              operation,
              policy,
              identity,
              "scope",
              Math.min(tokens, policy.capacity()),
              patience(policy));
      case REFUND ->
          new BackendCall(
              operation, policy, identity, "scope", tokens, aboutPromise(promised, rate));
      case SETTLE -> new BackendCall(operation, policy, identity, "scope", tokens, maxDebt());
    };
  }

  private long aboutPromise(long promised, Rate rate) {
    long halfToken = rate.nanosPerToken() / 2;
    return switch (argument) {
      case NONE -> 0;
      case TOKENS, LARGEST -> promised;
      case ANY -> Math.max(0, promised + halfToken * (number % 3 - 1) + nudge);
    };
  }

  /** The time after the pause, within the range of {@link TokenBucket}: below 2^62. */
  public long after(long now, Rate rate, long lastMargin) {
    return Math.min((1L << 62) - 1, now + waitNanos(rate, lastMargin));
  }
}

package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import java.util.List;

/**
 * One step of a random history: a pause, then a call. Pauses and costs are stored as kinds, because
 * errors show at boundaries that depend on earlier results.
 *
 * @param number a random number of at least 0, from which pause and cost are computed
 * @param offset −1, 0 or 1 clock steps or tokens, to test both sides of a boundary
 * @param client the index of the client
 * @param policy the index of the policy
 */
record RandomStep(
    Pause pause,
    Operation operation,
    Cost cost,
    EntryPoint entryPoint,
    long number,
    int offset,
    int client,
    int policy) {

  /** The kinds of pauses. */
  enum Pause {
    NONE,
    CLOCK_STEPS,
    /** Until a whole number of tokens has refilled. */
    TOKENS,
    /** Until the last denial ends. */
    RETRY,
    /** Until an empty bucket is full. */
    FILL,
    /** Up to a tenth of the longest duration of a history. */
    LONG
  }

  /** The kinds of costs. */
  enum Cost {
    FREE,
    ONE,
    SMALL,
    UP_TO_CAPACITY,
    CAPACITY,
    /** Above the capacity; only refunds may cost that. */
    HUGE
  }

  private static final List<Operation> OPERATIONS =
      List.of(Operation.HIT, Operation.HIT, Operation.HIT, Operation.PEEK, Operation.REFUND);
  private static final List<Pause> PAUSES = List.of(Pause.values());
  private static final List<Cost> COSTS = List.of(Cost.values());

  static RandomStep random(SeededRandom random) {
    return new RandomStep(
        random.oneOf(PAUSES),
        random.oneOf(OPERATIONS),
        random.oneOf(COSTS),
        random.oneOf(EntryPoint.ALL),
        random.between(0, Long.MAX_VALUE - 1),
        random.between(-1, 1),
        random.between(0, 2),
        random.between(0, 2));
  }

  /** The pause in nanoseconds, at least 0. */
  long pauseNanos(Rate rate, long lastMargin, TestTime time, long maxHistoryNanos) {
    long offsetNanos = offset * time.clockResolution();
    long chosen =
        switch (pause) {
          case NONE -> 0;
          case CLOCK_STEPS -> number % 5 * time.clockResolution();
          case TOKENS ->
              rate.nanosPerToken() * (number % Math.min(rate.capacity(), 4)) + offsetNanos;
          case RETRY -> Math.max(0, -lastMargin) + offsetNanos;
          case FILL -> rate.fillNanos() + offsetNanos;
          case LONG -> number % (maxHistoryNanos / 10);
        };
    return Math.max(0, chosen);
  }

  /** The cost in tokens, at least 0; above the maximum only in a refund. */
  long tokens(Rate rate, long max) {
    long chosen =
        switch (cost) {
          case FREE -> 0;
          case ONE -> 1;
          case SMALL -> number % 5;
          case UP_TO_CAPACITY -> 1 + number % rate.capacity();
          case CAPACITY -> Math.max(0, rate.capacity() + offset);
          case HUGE -> Math.max(rate.capacity(), number);
        };
    return operation == Operation.REFUND ? chosen : Math.min(chosen, max);
  }
}

package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import java.util.List;

/**
 * One move of a random history: wait, then ask. Waits and costs are kept as choices, since the
 * interesting ones lie about the boundaries of what was answered before.
 *
 * @param number what the wait and the cost depend on besides, at least 0
 * @param nudge −1, 0 or 1 steps of time or tokens, so that boundaries are met from both sides
 * @param client which of the clients asks
 * @param policy which of the policies holds
 */
record HistoryStep(
    Pause pause,
    Operation operation,
    Cost cost,
    EntryPoint entryPoint,
    long number,
    int offset,
    int client,
    int policy) {

  /** Ways of choosing a wait. */
  enum Pause {
    NONE,
    GRAINS,
    /** To where some whole token has refilled. */
    TOKENS,
    /** To the end of the last denial. */
    RETRY,
    /** To where an empty bucket is full. */
    FILL,
    /** Up to a tenth of what a history may last. */
    FAR
  }

  /** Ways of choosing a cost. */
  enum Cost {
    FREE,
    ONE,
    SMALL,
    UP_TO_CAPACITY,
    CAPACITY,
    /** Beyond the capacity where that is allowed, in refunds. */
    HUGE
  }

  private static final List<Operation> OPERATIONS =
      List.of(Operation.HIT, Operation.HIT, Operation.HIT, Operation.PEEK, Operation.REFUND);
  private static final List<Pause> PAUSES = List.of(Pause.values());
  private static final List<Cost> COSTS = List.of(Cost.values());

  static HistoryStep random(SeededRandom random) {
    return new HistoryStep(
        random.oneOf(PAUSES),
        random.oneOf(OPERATIONS),
        random.oneOf(COSTS),
        random.oneOf(EntryPoint.ALL),
        random.between(0, Long.MAX_VALUE - 1),
        random.between(-1, 1),
        random.between(0, 2),
        random.between(0, 2));
  }

  /** The wait in nanoseconds, at least 0. */
  long pauseNanos(Rate rate, long lastMargin, TestTime time, long maxHistoryNanos) {
    long offsetNanos = offset * time.clockResolution();
    long chosen =
        switch (pause) {
          case NONE -> 0;
          case GRAINS -> number % 5 * time.clockResolution();
          case TOKENS ->
              rate.nanosPerToken() * (number % Math.min(rate.capacity(), 4)) + offsetNanos;
          case RETRY -> Math.max(0, -lastMargin) + offsetNanos;
          case FILL -> rate.fillNanos() + offsetNanos;
          case FAR -> number % (maxHistoryNanos / 10);
        };
    return Math.max(0, chosen);
  }

  /** The cost in tokens, at least 0; more than fits only if that is a question to ask. */
  long tokens(Rate rate, long most) {
    long chosen =
        switch (cost) {
          case FREE -> 0;
          case ONE -> 1;
          case SMALL -> number % 5;
          case UP_TO_CAPACITY -> 1 + number % rate.capacity();
          case CAPACITY -> Math.max(0, rate.capacity() + offset);
          case HUGE -> Math.max(rate.capacity(), number);
        };
    return operation == Operation.REFUND ? chosen : Math.min(chosen, most);
  }
}

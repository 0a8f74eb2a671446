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
    Action action,
    Cost cost,
    EntryPoint entryPoint,
    long number,
    int offset,
    int client,
    int policy) {

  /** The kinds of calls. Backends without debts receive the operation without its argument. */
  enum Action {
    HIT(Operation.HIT),
    HIT_AGAIN(Operation.HIT),
    /** A hit with a patience. */
    RESERVE(Operation.HIT),
    PEEK(Operation.PEEK),
    REFUND(Operation.REFUND),
    /** A refund of a reservation that still waits; a plain refund if none does. */
    CANCEL(Operation.REFUND),
    SETTLE(Operation.SETTLE);

    private final Operation operation;

    Action(Operation operation) {
      this.operation = operation;
    }
  }

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
    /** Above the capacity; only refunds and settlements may cost that. */
    HUGE
  }

  private static final List<Action> ACTIONS = List.of(Action.values());
  private static final List<Pause> PAUSES = List.of(Pause.values());
  private static final List<Cost> COSTS = List.of(Cost.values());

  static RandomStep random(SeededRandom random) {
    return new RandomStep(
        random.oneOf(PAUSES),
        random.oneOf(ACTIONS),
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

  /** The operation; a hit instead of a settlement if the backend does not support debt. */
  Operation operation(boolean supportsDebt) {
    return action == Action.SETTLE && !supportsDebt ? Operation.HIT : action.operation;
  }

  /** The cost in tokens, at least 0; above the maximum only in a refund or settlement. */
  long tokens(Rate rate, long max, TestTime time) {
    long chosen =
        switch (cost) {
          case FREE -> 0;
          case ONE -> 1;
          case SMALL -> number % 5;
          case UP_TO_CAPACITY -> 1 + number % rate.capacity();
          case CAPACITY -> Math.max(0, rate.capacity() + offset);
          case HUGE -> Math.max(rate.capacity(), number);
        };
    return switch (action) {
      case REFUND, CANCEL -> chosen;
      // A backend that rounds may not support debts of many years.
      case SETTLE -> time.isExact() ? chosen : Math.min(chosen, 2 * max);
      case HIT, HIT_AGAIN, RESERVE, PEEK -> Math.min(chosen, max);
    };
  }

  /** The patience in nanoseconds, at least 0 and at most the maximum. */
  long patienceNanos(Rate rate, long lastMargin, TestTime time, long max) {
    long chosen =
        switch ((int) (number % 3)) {
          case 0 -> rate.nanosPerToken() > max / 8 ? max : rate.nanosPerToken() * (number % 7);
          case 1 -> Math.max(0, -lastMargin) + offset * time.clockResolution();
          default -> time.isExact() ? number % (max + 1) : rate.fillNanos();
        };
    return action == Action.RESERVE || (action == Action.PEEK && number % 2 == 0)
        ? Math.min(Math.max(0, chosen), max)
        : 0;
  }

  /** The largest debt beyond the capacity in tokens. */
  long maxDebt(Rate rate, TestTime time) {
    return switch ((int) (number % 3)) {
      case 0 -> 0;
      case 1 -> number % 7;
      default -> time.isExact() ? Long.MAX_VALUE : rate.capacity();
    };
  }
}

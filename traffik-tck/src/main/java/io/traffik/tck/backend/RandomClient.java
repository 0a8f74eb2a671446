package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;

/** A client of a random history, with its reservations. */
final class RandomClient {

  /** A granted hit that waits. */
  private record Reservation(long proceedsAt, long cost) {}

  private final Backend backend;
  private final TestTime time;
  private final BucketOracle oracle;
  private final List<Reservation> reservations = new ArrayList<>();

  RandomClient(Backend backend, TestTime time, QuotaPolicy policy, String name) {
    this.backend = backend;
    this.time = time;
    this.oracle = new BucketOracle(backend, time, policy, name).exact();
  }

  /** Changes the policy, unless a backend that rounds may not be able to tell the debts then. */
  @SuppressWarnings("ReferenceEquality") // each policy of a history is one object
  void change(QuotaPolicy policy) {
    if (!oracle.policy().equals(policy) && (time.isExact() || oracle.canChange(policy))) {
      oracle.change(policy);
    }
  }

  /** The rate that determines pause and cost of a step. */
  Rate rate(RandomStep step) {
    return oracle.policy().rate(place(step));
  }

  private int place(RandomStep step) {
    return (int) (step.number() % oracle.policy().size());
  }

  /** Makes the call of a step, and returns the margin of its rate. */
  long call(RandomStep step, long lastMargin) {
    Operation operation = step.operation(backend.supportsDebt());
    long cost = step.tokens(rate(step), oracle.policy().capacity(), time);
    long argument = 0;
    if (backend.supportsDebt()) {
      if (step.action() == RandomStep.Action.CANCEL) {
        return cancel(step, cost);
      }
      argument =
          operation == Operation.SETTLE
              ? step.maxDebt(rate(step), time)
              : step.patienceNanos(rate(step), lastMargin, time, maxPatience());
    } else if (operation == Operation.HIT) {
      cost = Math.min(cost, oracle.policy().capacity());
    }
    long[] margins = oracle.call(operation, cost, argument, step.entryPoint());
    long wait = BucketOracle.waitNanos(margins);
    if (operation == Operation.HIT && cost > 0 && wait > 0 && wait <= argument) {
      reservations.add(new Reservation(time.now() + wait, cost));
    }
    return margins[place(step)];
  }

  private long cancel(RandomStep step, long cost) {
    if (reservations.isEmpty()) {
      return oracle.call(Operation.REFUND, cost, step.entryPoint())[place(step)];
    }
    Reservation cancelled = reservations.remove((int) (step.number() % reservations.size()));
    long promised = Math.max(0, cancelled.proceedsAt() - time.now());
    return oracle
        .call(Operation.REFUND, cancelled.cost(), promised, step.entryPoint())[place(step)];
  }

  private long maxPatience() {
    long longest = Margin.MAX_NANOS;
    for (Rate rate : oracle.policy().rates()) {
      longest = Math.min(longest, Margin.MAX_NANOS - rate.fillNanos());
    }
    return longest;
  }
}

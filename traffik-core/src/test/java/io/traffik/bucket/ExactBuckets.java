package io.traffik.bucket;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * The buckets of one key in exact rational numbers: the reference for {@link
 * io.traffik.Backend#decide}. The rates of successive policies are compared by position.
 */
public final class ExactBuckets {

  private final List<ExactBucket> positions = new ArrayList<>();
  private final List<Long> promises = new ArrayList<>();
  private boolean representable;
  private boolean granted;

  /** Executes a call at an instant that is not before the last one, and returns its answer. */
  public long[] decide(BackendCall call, long now) {
    List<ExactBucket> carried = carried(call, now);
    long[] answer =
        switch (call.operation()) {
          case HIT, PEEK -> hit(call, carried, now);
          case REFUND -> refund(call, carried);
          case SETTLE -> settle(call, carried);
        };
    if (writes(call)) {
      for (int i = 0; i < carried.size(); i++) {
        positions.set(i, carried.get(i));
      }
    }
    return answer;
  }

  /** The buckets of the policy, each changed to its rate if that is possible. */
  private List<ExactBucket> carried(BackendCall call, long now) {
    positions.forEach(bucket -> bucket.advanceTo(now));
    promises.removeIf(instant -> instant <= now);
    representable = true;
    List<ExactBucket> carried = new ArrayList<>();
    for (int i = 0; i < call.policy().size(); i++) {
      Rate rate = call.policy().rate(i);
      if (i == positions.size()) {
        positions.add(ExactBucket.atAppliedRate(rate, now));
      }
      ExactBucket bucket = positions.get(i).copy();
      representable &= bucket.changeTo(rate);
      carried.add(bucket);
    }
    return carried;
  }

  /** Rule B11: peeks, free calls and impossible hits write nothing, not even the speed. */
  private boolean writes(BackendCall call) {
    boolean impossible =
        call.operation() == Operation.HIT && call.cost() > call.policy().capacity();
    return representable && call.operation() != Operation.PEEK && call.cost() > 0 && !impossible;
  }

  /** Rule B9: all rates are charged or none. The margin of each does not depend on the others. */
  private long[] hit(BackendCall call, List<ExactBucket> carried, long now) {
    long[] margins = new long[carried.size()];
    granted = true;
    long wait = 0;
    for (int i = 0; i < margins.length; i++) {
      ExactBucket bucket = carried.get(i);
      Rate rate = call.policy().rate(i);
      if (bucket.copy().changeTo(rate)) {
        margins[i] = bucket.margin(call.cost());
        granted &= bucket.allows(call.cost(), call.argument());
        wait = Math.max(wait, -margins[i]);
      } else {
        margins[i] = bucket.marginOfUnrepresentable(rate, call.cost(), call.argument());
        granted = false;
      }
    }
    granted |= call.cost() == 0;
    if (granted && call.operation() == Operation.HIT && call.cost() > 0) {
      carried.forEach(bucket -> bucket.take(call.cost()));
      if (wait > 0) {
        promises.add(now + wait);
      }
    }
    return margins;
  }

  /** Rules B12 and B13: an earlier reservation than the last is not returned, but lapses. */
  private long[] refund(BackendCall call, List<ExactBucket> carried) {
    granted =
        representable
            && (call.argument() == 0
                || carried.stream().allMatch(bucket -> bucket.isLastPromise(call.argument())));
    if (granted) {
      carried.forEach(bucket -> bucket.refund(call.cost()));
    }
    return levels(call, carried, 0);
  }

  /** Rule B14: the answer ends with the largest number of unpaid tokens. */
  private long[] settle(BackendCall call, List<ExactBucket> carried) {
    granted = representable;
    BigInteger unpaid = representable ? BigInteger.ZERO : BigInteger.valueOf(call.cost());
    if (representable) {
      for (ExactBucket bucket : carried) {
        unpaid = unpaid.max(bucket.settle(call.cost(), call.argument()));
      }
    }
    long[] answer = levels(call, carried, 1);
    answer[carried.size()] = unpaid.longValueExact();
    return answer;
  }

  private static long[] levels(BackendCall call, List<ExactBucket> carried, int more) {
    long[] levels = new long[carried.size() + more];
    for (int i = 0; i < carried.size(); i++) {
      boolean changed = carried.get(i).copy().changeTo(call.policy().rate(i));
      levels[i] = changed ? carried.get(i).margin(0) : -Margin.MAX_NANOS;
    }
    return levels;
  }

  /** Whether all rates granted the last call. */
  public boolean granted() {
    return granted;
  }

  /** The time until one of the waiting reservations proceeds; 0 if none waits. */
  public long promised(int which, long now) {
    promises.removeIf(instant -> instant <= now);
    return promises.isEmpty() ? 0 : promises.get(which % promises.size()) - now;
  }

  @Override
  public String toString() {
    return positions.toString();
  }
}

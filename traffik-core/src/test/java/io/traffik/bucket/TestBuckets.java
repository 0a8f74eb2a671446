package io.traffik.bucket;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.Arrays;
import java.util.List;

/** The buckets of one key under test: the functions of {@link TokenBucket} over their states. */
final class TestBuckets {

  private long[] fullAt = {TokenBucket.FULL};
  private long[] intervals = {1};
  private boolean granted;
  private boolean representable;

  TestBuckets copy() {
    TestBuckets copy = new TestBuckets();
    copy.fullAt = fullAt.clone();
    copy.intervals = intervals.clone();
    return copy;
  }

  static QuotaPolicy policy(Rate... rates) {
    return QuotaPolicy.of("api", Arrays.asList(rates));
  }

  static BackendCall call(Operation operation, QuotaPolicy policy, long cost, long argument) {
    return new BackendCall(operation, policy, "client", "scope", cost, argument);
  }

  /** Executes an operation of a single rate, and returns its margin. */
  long decide(Operation operation, long now, Rate rate, long cost, long argument) {
    return decide(call(operation, policy(rate), cost, argument), now)[0];
  }

  boolean hit(long now, Rate rate, long cost) {
    return hit(now, rate, cost, 0) >= 0;
  }

  long hit(long now, Rate rate, long cost, long patience) {
    return decide(Operation.HIT, now, rate, cost, patience);
  }

  long peek(long now, Rate rate, long cost) {
    return decide(Operation.PEEK, now, rate, cost, 0);
  }

  /** Whether all rates granted the last call. */
  boolean granted() {
    return granted;
  }

  /** Whether the states of all rates could be converted for the last call. */
  boolean representable() {
    return representable;
  }

  boolean isFull(long now) {
    return Arrays.stream(fullAt).allMatch(instant -> instant <= now);
  }

  /** Executes a call as {@link io.traffik.Backend#decide} specifies. */
  long[] decide(BackendCall call, long now) {
    List<Rate> rates = call.policy().rates();
    grow(rates.size());
    long[] carried = new long[rates.size()];
    representable = true;
    granted = true;
    for (int i = 0; i < carried.length; i++) {
      carried[i] = TokenBucket.carried(fullAt[i], intervals[i], now, rates.get(i));
      representable &= carried[i] != TokenBucket.UNREPRESENTABLE;
    }
    for (int i = 0; i < carried.length && representable; i++) {
      granted &=
          TokenBucket.grants(
              call.operation(), carried[i], now, rates.get(i), call.cost(), call.argument());
    }
    boolean isHit = call.operation() == Operation.HIT || call.operation() == Operation.PEEK;
    granted &= representable || (isHit && call.cost() == 0);
    long[] next = carried.clone();
    for (int i = 0; i < next.length && granted && representable; i++) {
      next[i] =
          TokenBucket.after(
              call.operation(), carried[i], now, rates.get(i), call.cost(), call.argument());
    }
    long[] answer = isHit ? margins(call, carried, now) : levels(call, carried, next, now);
    if (representable && writes(call)) {
      for (int i = 0; i < next.length; i++) {
        fullAt[i] = next[i];
        intervals[i] = rates.get(i).nanosPerToken();
      }
    }
    return answer;
  }

  private void grow(int rates) {
    int before = fullAt.length;
    if (rates > before) {
      fullAt = Arrays.copyOf(fullAt, rates);
      intervals = Arrays.copyOf(intervals, rates);
      Arrays.fill(fullAt, before, rates, TokenBucket.FULL);
      Arrays.fill(intervals, before, rates, 1);
    }
  }

  private static boolean writes(BackendCall call) {
    boolean impossible =
        call.operation() == Operation.HIT && call.cost() > call.policy().capacity();
    return call.operation() != Operation.PEEK && call.cost() > 0 && !impossible;
  }

  private long[] margins(BackendCall call, long[] carried, long now) {
    long[] margins = new long[carried.length];
    for (int i = 0; i < margins.length; i++) {
      Rate rate = call.policy().rate(i);
      margins[i] =
          carried[i] == TokenBucket.UNREPRESENTABLE
              ? TokenBucket.marginOfUnrepresentable(
                  fullAt[i], intervals[i], now, rate, call.cost(), call.argument())
              : TokenBucket.margin(carried[i], now, rate, call.cost());
    }
    return margins;
  }

  private long[] levels(BackendCall call, long[] carried, long[] next, long now) {
    boolean settles = call.operation() == Operation.SETTLE;
    long[] levels = new long[next.length + (settles ? 1 : 0)];
    long unpaid = representable ? 0 : call.cost();
    for (int i = 0; i < next.length; i++) {
      Rate rate = call.policy().rate(i);
      levels[i] =
          next[i] == TokenBucket.UNREPRESENTABLE
              ? -Margin.MAX_NANOS
              : TokenBucket.margin(next[i], now, rate, 0);
      if (settles && representable) {
        unpaid =
            Math.max(
                unpaid, TokenBucket.unpaid(carried[i], now, rate, call.cost(), call.argument()));
      }
    }
    if (settles) {
      levels[next.length] = unpaid;
    }
    return levels;
  }
}

package io.traffik.redis;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import java.util.Arrays;

/** The buckets of one key, by the arithmetic of {@link TokenBucket}: what Redis should answer. */
final class RedisBucketModel {

  private static final int MAX_RATES = 16;

  private final long[] fullAt = new long[MAX_RATES];
  private final long[] intervals = new long[MAX_RATES];

  RedisBucketModel() {
    Arrays.fill(fullAt, TokenBucket.FULL);
    Arrays.fill(intervals, 1);
  }

  /** Executes a call as {@link io.traffik.Backend#decide} specifies. */
  long[] decide(BackendCall call, long now) {
    int rates = call.policy().size();
    long[] before = new long[rates];
    boolean representable = true;
    for (int i = 0; i < rates; i++) {
      before[i] = TokenBucket.carried(fullAt[i], intervals[i], now, call.policy().rate(i));
      representable &= before[i] != TokenBucket.UNREPRESENTABLE;
    }
    long[] after = representable ? after(call, before, now) : before;
    boolean hits = call.operation() == Operation.HIT || call.operation() == Operation.PEEK;
    long[] answer = hits ? margins(call, before, now) : levels(call, before, after, now);
    if (representable && writes(call)) {
      for (int i = 0; i < rates; i++) {
        fullAt[i] = after[i];
        intervals[i] = call.policy().rate(i).nanosPerToken();
      }
    }
    return answer;
  }

  private static boolean writes(BackendCall call) {
    return call.cost() > 0
        && call.operation() != Operation.PEEK
        && (call.operation() != Operation.HIT || call.cost() <= call.policy().capacity());
  }

  private static long[] after(BackendCall call, long[] before, long now) {
    long[] after = new long[before.length];
    for (int i = 0; i < before.length; i++) {
      Rate rate = call.policy().rate(i);
      Operation operation = call.operation();
      if (!TokenBucket.grants(operation, before[i], now, rate, call.cost(), call.argument())) {
        return before;
      }
      after[i] = TokenBucket.after(operation, before[i], now, rate, call.cost(), call.argument());
    }
    return after;
  }

  private long[] margins(BackendCall call, long[] before, long now) {
    long[] margins = new long[before.length];
    for (int i = 0; i < margins.length; i++) {
      Rate rate = call.policy().rate(i);
      margins[i] =
          before[i] == TokenBucket.UNREPRESENTABLE
              ? TokenBucket.marginOfUnrepresentable(
                  fullAt[i], intervals[i], now, rate, call.cost(), call.argument())
              : TokenBucket.margin(before[i], now, rate, call.cost());
    }
    return margins;
  }

  private static long[] levels(BackendCall call, long[] before, long[] after, long now) {
    boolean settles = call.operation() == Operation.SETTLE;
    boolean representable =
        Arrays.stream(before).noneMatch(state -> state == TokenBucket.UNREPRESENTABLE);
    long[] levels = new long[before.length + (settles ? 1 : 0)];
    long unpaid = representable ? 0 : call.cost();
    for (int i = 0; i < before.length; i++) {
      Rate rate = call.policy().rate(i);
      levels[i] =
          after[i] == TokenBucket.UNREPRESENTABLE
              ? -Margin.MAX_NANOS
              : TokenBucket.margin(after[i], now, rate, 0);
      if (settles && representable) {
        unpaid =
            Math.max(
                unpaid, TokenBucket.unpaid(before[i], now, rate, call.cost(), call.argument()));
      }
    }
    if (settles) {
      levels[before.length] = unpaid;
    }
    return levels;
  }
}

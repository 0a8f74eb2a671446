package io.traffik.memory;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import java.util.HashMap;
import java.util.Map;

/** Token buckets in a map, for one thread: the model of the store. */
final class ReferenceBuckets {

  /** The rates of the policy that {@link #decide(int, Operation)} applies. */
  private final Rate[] rates;

  private final Map<Integer, Bucket[]> buckets = new HashMap<>();
  long now;

  ReferenceBuckets(Rate... rates) {
    this.rates = rates;
  }

  /** Decides an operation of cost 1. */
  long[] decide(int key, Operation operation) {
    return decide(key, operation, 0, rates);
  }

  /** Decides an operation of cost 1 by another version of the policy. */
  long[] decide(int key, Operation operation, long argument, Rate... version) {
    Bucket[] before =
        buckets.computeIfAbsent(key, unknown -> new Bucket[] {Bucket.FULL, Bucket.FULL});
    Bucket[] carried = before.clone();
    boolean granted = true;
    for (int i = 0; i < version.length; i++) {
      carried[i] = before[i].carried(now, version[i].nanosPerToken());
      granted &= isGranted(operation, carried[i], version[i], argument);
    }
    Bucket[] next = carried.clone();
    long[] margins = new long[version.length];
    for (int i = 0; i < version.length; i++) {
      if (granted) {
        next[i] = carried[i].plus(operation == Operation.REFUND ? -1 : 1, now);
      }
      margins[i] =
          operation == Operation.REFUND
              ? version[i].fillNanos() - (next[i].fullAt() - now)
              : margin(carried[i], version[i]);
    }
    if (operation != Operation.PEEK) {
      buckets.put(key, next);
    }
    return margins;
  }

  private boolean isGranted(Operation operation, Bucket bucket, Rate rate, long argument) {
    if (operation != Operation.REFUND) {
      return margin(bucket, rate) >= -argument;
    }
    long lastProceeds = bucket.fullAt() - rate.fillNanos();
    return argument == 0 || lastProceeds <= now + argument + rate.nanosPerToken() / 2;
  }

  private long margin(Bucket bucket, Rate rate) {
    return rate.fillNanos() - (bucket.fullAt() + rate.nanosPerToken() - now);
  }

  /** The instant at which a bucket is full, and the speed at which it refills until then. */
  private record Bucket(long fullAt, long interval) {

    static final Bucket FULL = new Bucket(0, 1);

    Bucket carried(long now, long toInterval) {
      long debt = Math.max(0, fullAt - now);
      return new Bucket(now + (debt * toInterval + interval - 1) / interval, toInterval);
    }

    Bucket plus(int tokens, long now) {
      return new Bucket(Math.max(now, fullAt + tokens * interval), interval);
    }
  }
}

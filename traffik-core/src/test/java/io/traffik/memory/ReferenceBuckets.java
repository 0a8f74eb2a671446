package io.traffik.memory;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.Margin;
import java.util.HashMap;
import java.util.Map;

/** Token buckets in a map, for one thread: the model of the store. */
final class ReferenceBuckets {

  private final Rate[] rates;
  private final Map<Integer, long[]> fullAt = new HashMap<>();
  long now;

  ReferenceBuckets(Rate... rates) {
    this.rates = rates;
  }

  /** Decides an operation of cost 1. */
  long[] decide(int key, Operation operation) {
    long[] states = fullAt.computeIfAbsent(key, unknown -> new long[rates.length]);
    long[] margins = new long[rates.length];
    long[] next = new long[rates.length];
    for (int i = 0; i < rates.length; i++) {
      long token = rates[i].nanosPerToken();
      long base = Math.max(states[i], now);
      next[i] = operation == Operation.REFUND ? Math.max(now, base - token) : base + token;
      margins[i] = rates[i].fillNanos() - (next[i] - now);
    }
    if (operation != Operation.PEEK && Margin.areGranted(margins)) {
      fullAt.put(key, next);
    }
    return margins;
  }
}

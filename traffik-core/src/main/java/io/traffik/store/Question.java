package io.traffik.store;

import io.traffik.Operation;
import io.traffik.QuotaPolicy;
import io.traffik.Rate;
import java.util.concurrent.CompletableFuture;

/** One decision that somebody waits for. */
record Question(
    Operation operation, QuotaPolicy policy, long cost, CompletableFuture<long[]> answer) {

  Question(Operation operation, QuotaPolicy policy, long cost) {
    this(operation, policy, cost, new CompletableFuture<>());
  }

  /** The time in which the first of the policy's buckets to fill does so. */
  long shortestFill() {
    long shortest = Long.MAX_VALUE;
    for (Rate rate : policy.rates()) {
      shortest = Math.min(shortest, rate.fillNanos());
    }
    return shortest;
  }
}

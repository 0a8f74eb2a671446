package io.traffik.store;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.CompletableFuture;

/** One decision that somebody waits for. */
record PendingDecision(
    Operation operation, QuotaPolicy policy, long cost, CompletableFuture<long[]> answer) {

  PendingDecision(Operation operation, QuotaPolicy policy, long cost) {
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

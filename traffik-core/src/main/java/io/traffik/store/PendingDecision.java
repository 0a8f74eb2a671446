package io.traffik.store;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.CompletableFuture;

/** A decision that a caller waits for, and the future with its margins. */
record PendingDecision(
    Operation operation, QuotaPolicy policy, long cost, CompletableFuture<long[]> margins) {

  PendingDecision(Operation operation, QuotaPolicy policy, long cost) {
    this(operation, policy, cost, new CompletableFuture<>());
  }

  /** The shortest time in which a bucket of the policy fills, in nanoseconds. */
  long shortestFill() {
    long shortest = Long.MAX_VALUE;
    for (Rate rate : policy.rates()) {
      shortest = Math.min(shortest, rate.fillNanos());
    }
    return shortest;
  }
}

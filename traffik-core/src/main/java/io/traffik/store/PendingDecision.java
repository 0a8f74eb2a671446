package io.traffik.store;

import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A call that a caller waits for, and the future with its answer. */
record PendingDecision(BackendCall call, CompletableFuture<long[]> margins) {

  PendingDecision(BackendCall call) {
    this(call, new CompletableFuture<>());
  }

  /**
   * Waits for the answer.
   *
   * @throws BackendException if the store failed
   */
  long[] join() {
    try {
      return margins.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof BackendException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  /** The shortest time in which a bucket of the policy fills, in nanoseconds. */
  long shortestFill() {
    long shortest = Long.MAX_VALUE;
    for (Rate rate : call.policy().rates()) {
      shortest = Math.min(shortest, rate.fillNanos());
    }
    return shortest;
  }
}

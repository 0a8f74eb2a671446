package io.traffik;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What an asynchronous hit has come down to when its backend is to be asked: it outlives the call
 * that put it.
 */
record Question(
    Backend backend,
    Operation operation,
    QuotaPolicy policy,
    String identity,
    String scope,
    long cost) {

  CompletionStage<long[]> ask() {
    try {
      return backend.decideAsync(operation, policy, identity, scope, cost);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * The answer, if it is one.
   *
   * @throws BackendException if the backend broke its contract
   */
  static long[] checked(Backend backend, QuotaPolicy policy, long @Nullable [] margins) {
    if (margins == null || margins.length != policy.size()) {
      throw new BackendException(
          "backend \""
              + backend.namespace()
              + "\" must answer with one margin per rate, "
              + policy.size()
              + ": "
              + (margins == null ? "null" : margins.length));
    }
    return margins;
  }
}

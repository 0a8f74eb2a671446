package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a hit has come down to when its backend is to be asked, for those who ask or undo it later.
 */
record BackendCall(
    Backend backend,
    Operation operation,
    QuotaPolicy policy,
    String identity,
    String scope,
    long cost) {

  CompletionStage<long[]> ask() {
    try {
      CompletionStage<long[]> answer =
          backend.decideAsync(operation, policy, identity, scope, cost);
      return answer != null
          ? answer
          : CompletableFuture.failedFuture(
              new BackendException(
                  "backend \"" + backend.namespace() + "\" must answer with a stage: null"));
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** One margin would say nothing of the other rates. */
  static void requireOneRate(QuotaPolicy policy) {
    if (policy.size() != 1) {
      throw new IllegalArgumentException(
          "policy must have one rate to be decided by one margin: " + policy);
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

package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The arguments of a backend call, kept for asynchronous execution or a refund. */
record BackendCall(
    Backend backend,
    Operation operation,
    QuotaPolicy policy,
    String identity,
    String scope,
    long cost) {

  /** The refund of this call. */
  BackendCall refund() {
    return new BackendCall(backend, Operation.REFUND, policy, identity, scope, cost);
  }

  CompletionStage<long[]> execute() {
    try {
      CompletionStage<long[]> stage = backend.decideAsync(operation, policy, identity, scope, cost);
      return stage != null
          ? stage
          : CompletableFuture.failedFuture(
              new BackendException(
                  "decideAsync of backend \"" + backend.namespace() + "\" must not return null"));
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Returns the margins if there is one per rate.
   *
   * @throws BackendException if the backend violated its contract
   */
  static long[] requireMargins(Backend backend, QuotaPolicy policy, long @Nullable [] margins) {
    if (margins == null || margins.length != policy.size()) {
      throw new BackendException(
          "backend \""
              + backend.namespace()
              + "\" must return one margin per rate, "
              + policy.size()
              + ": "
              + (margins == null ? "null" : margins.length));
    }
    return margins;
  }
}

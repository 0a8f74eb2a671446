package io.traffik;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a hit comes down to: who asks which backend for how much, or why nobody needs to be asked.
 * The same for synchronous and asynchronous hits, which differ in the call alone.
 */
record Question(
    Outcome outcome,
    Operation operation,
    @Nullable Backend backend,
    String identity,
    String scope,
    long cost) {

  /** A hit that ends before any key: nothing to ask. */
  static Question settled(Outcome outcome, Operation operation, @Nullable Backend backend) {
    return new Question(outcome, operation, backend, "", "", 0);
  }

  long askSingle(QuotaPolicy policy) {
    return asked().decideSingle(askedOperation(), policy, identity, scope, askedCost());
  }

  long[] askSeveral(QuotaPolicy policy) {
    return checked(policy, asked().decide(askedOperation(), policy, identity, scope, askedCost()));
  }

  CompletionStage<long[]> askAsync(QuotaPolicy policy) {
    try {
      return asked().decideAsync(askedOperation(), policy, identity, scope, askedCost());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  long[] checked(QuotaPolicy policy, long @Nullable [] margins) {
    if (margins == null || margins.length != policy.size()) {
      throw new BackendException(
          "backend \""
              + asked().namespace()
              + "\" must answer with one margin per rate, "
              + policy.size()
              + ": "
              + (margins == null ? "null" : margins.length));
    }
    return margins;
  }

  /** The cost that the backend's margins have taken off. */
  long costInMargins() {
    return operation == Operation.REFUND ? 0 : askedCost();
  }

  // What can never fit is denied whatever is there; the backend only tells what that is.
  private Operation askedOperation() {
    return outcome == Outcome.IMPOSSIBLE ? Operation.PEEK : operation;
  }

  private long askedCost() {
    return outcome == Outcome.IMPOSSIBLE ? 0 : cost;
  }

  private Backend asked() {
    if (backend == null) {
      throw new IllegalStateException("a settled question must not be asked: " + outcome);
    }
    return backend;
  }
}

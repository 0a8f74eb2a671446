package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * An operation of one throttle that is evaluated up to the backend call. Its caller executes the
 * call, hands in the answer, and reports the decision. Not thread-safe: stages access it in turn.
 */
final class PendingOperation {

  private final DecisionPath path;
  private final QuotaPolicy policy;
  private final boolean shadow;
  private final Operation operation;
  private final ConnectionView view;
  private final long patience;
  private final CallCapture capture = new CallCapture(true);
  private final long cost;
  private long[] margins;
  private long outcome;

  /**
   * Evaluates an operation.
   *
   * @throws RuntimeException any exception of a stage before the backend call
   */
  PendingOperation(
      DecisionPath path,
      Operation operation,
      ConnectionView view,
      long explicitCost,
      long patience) {
    this.path = path;
    this.operation = operation;
    this.view = view;
    this.patience = patience;
    this.policy = path.policyOf(view);
    this.shadow = path.isShadow();
    this.margins = new long[policy.size() + 1];
    this.outcome =
        path.evaluate(policy, operation, view, explicitCost, patience, false, margins, capture);
    this.cost = margins[policy.size()];
  }

  /** Evaluates a hit of the configured cost, without patience. */
  static PendingOperation hit(Throttle throttle, ConnectionView view) {
    return new PendingOperation(
        throttle.path, Operation.HIT, view, DecisionPath.CONFIGURED_COST, 0);
  }

  Throttle throttle() {
    return path.throttle();
  }

  /** Whether the operation is counted and reported, but denies nothing. */
  boolean isShadow() {
    return shadow;
  }

  /** The call to execute; null if the throttle has decided without its backend. */
  @Nullable BoundCall call() {
    return capture.call;
  }

  /** Whether the cost exceeds the capacity, so that the call only reads the remaining tokens. */
  boolean isImpossible() {
    return capture.call != null && capture.call.call().operation() != operation;
  }

  /**
   * Records the answer to the call, or its failure.
   *
   * @return false if the failure policy decides
   * @throws RuntimeException if the failure policy is to throw, or the application made a mistake
   */
  boolean complete(BoundCall call, long @Nullable [] answer, @Nullable Throwable thrown) {
    outcome = path.outcomeOf(call, view, answer, thrown);
    if (answer != null) {
      // Decisions that were returned before keep their own margins.
      margins = Arrays.copyOf(answer, margins.length);
    }
    return !PolicyOutcome.isPolicyOutcome(outcome);
  }

  /** The decision about the operation. */
  Decision decision() {
    return decision(operation);
  }

  /** The decision about the same operation, as one that took nothing. */
  Decision peek() {
    return decision(Operation.PEEK);
  }

  private Decision decision(Operation as) {
    return new Decision(policy, as, cost, patience, outcome, margins, shadow);
  }

  /** Notifies the listeners, and calls the throttled handler on a denial if it is enforced. */
  Decision report(boolean enforced) {
    Decision decision = decision();
    path.report(view, decision, enforced);
    return decision;
  }

  /** As {@link #report} of an enforced denial; returns the exception of the default handler. */
  @Nullable ConnectionThrottledException deny() {
    path.report(view, decision(), false);
    return path.deny(view, decision());
  }

  CompletionStage<Decision> executeAsync(boolean enforced) {
    BoundCall call = capture.call;
    return call == null
        ? CompletableFuture.completedFuture(report(enforced))
        : Futures.handle(
            call.executeAsync(),
            (answer, thrown) -> {
              complete(call, answer, thrown);
              return report(enforced);
            });
  }

  Charge charge(long sentAt) {
    return new Charge(decision(), capture.call, path.chargeSettings(), sentAt);
  }
}

package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A hit that can be refunded. It keeps the buckets that it was charged to, and a refund goes to
 * exactly these. Later changes of the connection, the backend scope or the throttle's functions do
 * not matter.
 *
 * <p>Safe for any number of threads.
 */
public final class Charge {

  private final QuotaPolicy policy;
  private final Decision decision;
  private final @Nullable BackendCall call;
  private final FailureHandler failureHandler;
  private final AtomicBoolean refunded = new AtomicBoolean();

  Charge(
      QuotaPolicy policy,
      Decision decision,
      @Nullable BackendCall call,
      FailureHandler failureHandler) {
    this.policy = policy;
    this.decision = decision;
    this.call = call;
    this.failureHandler = failureHandler;
  }

  /**
   * The decision about the hit.
   *
   * @return the decision
   */
  public Decision decision() {
    return decision;
  }

  /**
   * Refunds the tokens that the hit took. Only the first call has an effect.
   *
   * <p>A hit that took nothing is not refunded. Neither is a {@link Decision#degraded() degraded}
   * one: a stand-in may have been charged instead of the store. If the backend fails, the refund is
   * lost and logged. It is not repeated, since the backend may have carried it out.
   *
   * @return the decision of the refund; the decision of the hit if nothing was refunded
   */
  public Decision refund() {
    BackendCall refund = claimRefund();
    if (refund == null) {
      return decision;
    }
    try {
      long[] margins =
          refund
              .backend()
              .decide(Operation.REFUND, policy, refund.identity(), refund.scope(), refund.cost());
      return refundDecision(refund, margins);
    } catch (Exception e) {
      failureHandler.logLostRefund(e);
      return decision;
    }
  }

  /**
   * As {@link #refund()}, without blocking or throwing.
   *
   * @return a stage with the decision of the refund; with the decision of the hit if nothing was
   *     refunded
   */
  public CompletionStage<Decision> refundAsync() {
    BackendCall refund = claimRefund();
    if (refund == null) {
      return CompletableFuture.completedFuture(decision);
    }
    return Futures.handle(
        refund.execute(),
        (margins, thrown) -> {
          try {
            if (thrown == null) {
              return refundDecision(refund, margins);
            }
            failureHandler.logLostRefund(thrown);
          } catch (BackendException e) {
            failureHandler.logLostRefund(e);
          }
          return decision;
        });
  }

  /** Returns the refund to carry out; null if there is none, or another call has claimed it. */
  private @Nullable BackendCall claimRefund() {
    if (call == null || decision.charged() == 0 || decision.degraded()) {
      return null;
    }
    return refunded.compareAndSet(false, true) ? call.refund() : null;
  }

  private Decision refundDecision(BackendCall refund, long @Nullable [] margins) {
    long[] valid = BackendCall.requireMargins(refund.backend(), policy, margins);
    return new Decision(policy, Operation.REFUND, decision.charged(), valid[0], valid);
  }

  @Override
  public String toString() {
    return decision.toString();
  }
}

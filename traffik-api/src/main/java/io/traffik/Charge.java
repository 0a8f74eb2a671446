package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A hit that can be taken back: it keeps which buckets it was charged to, so that exactly those get
 * it back, whatever the connection, the scope on the thread or the throttle's functions say by
 * then.
 *
 * <p>Safe for any number of threads.
 */
public final class Charge {

  private final QuotaPolicy policy;
  private final Decision decision;
  private final @Nullable BackendCall question;
  private final FailureHandler failures;
  private final AtomicBoolean givenBack = new AtomicBoolean();

  Charge(
      QuotaPolicy policy,
      Decision decision,
      @Nullable BackendCall question,
      FailureHandler failures) {
    this.policy = policy;
    this.decision = decision;
    this.question = question;
    this.failures = failures;
  }

  /**
   * What was decided about the hit.
   *
   * @return the decision
   */
  public Decision decision() {
    return decision;
  }

  /**
   * Gives back what the hit took, once: if it took nothing, or was given back before, nothing
   * happens. Nor does it if the decision is {@link Decision#degraded()}: the store that a stand-in
   * answered for must not be given what it never charged. If the backend fails, the tokens are
   * lost, and that is logged; it is not tried again, since it may have been done.
   *
   * @return what is there now, or the decision of the hit if nothing was given back
   */
  public Decision refund() {
    BackendCall taken = begin();
    if (taken == null) {
      return decision;
    }
    try {
      long[] margins =
          taken
              .backend()
              .decide(Operation.REFUND, policy, taken.identity(), taken.scope(), taken.cost());
      return given(BackendCall.checked(taken.backend(), policy, margins));
    } catch (Exception e) {
      failures.logLostRefund(e);
      return decision;
    }
  }

  /**
   * As {@link #refund()}, without blocking or throwing.
   *
   * @return a stage with what is there then, or with the decision of the hit if nothing was given
   *     back
   */
  public CompletionStage<Decision> refundAsync() {
    BackendCall taken = begin();
    if (taken == null) {
      return CompletableFuture.completedFuture(decision);
    }
    BackendCall refund =
        new BackendCall(
            taken.backend(),
            Operation.REFUND,
            policy,
            taken.identity(),
            taken.scope(),
            taken.cost());
    return Futures.handle(
        refund.ask(),
        (margins, thrown) -> {
          try {
            if (thrown == null) {
              return given(BackendCall.checked(taken.backend(), policy, margins));
            }
            failures.logLostRefund(thrown);
          } catch (BackendException e) {
            failures.logLostRefund(e);
          }
          return decision;
        });
  }

  private @Nullable BackendCall begin() {
    boolean due = decision.charged() > 0 && !decision.degraded();
    return due && givenBack.compareAndSet(false, true) ? question : null;
  }

  private Decision given(long[] margins) {
    return new Decision(policy, Operation.REFUND, decision.charged(), margins[0], margins);
  }

  @Override
  public String toString() {
    return decision.toString();
  }
}

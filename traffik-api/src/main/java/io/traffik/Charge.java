package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.BackendCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A hit that can be refunded, cancelled or settled. It keeps the buckets that it was charged to,
 * and later operations go to exactly these. Later changes of the connection, the backend scope or
 * the throttle's functions do not matter.
 *
 * <p>A charge is closed by the first refund or settlement; further ones have no effect. Neither has
 * an effect on a hit that was denied, exempt or {@link Decision#degraded() degraded}: a wrapper may
 * have decided without the store. If the backend fails, the refund or settlement is lost and
 * logged; the decision of a lost settlement is degraded. It is not repeated, since the backend may
 * have carried it out. Listeners do not receive it.
 *
 * <p>Safe for any number of threads.
 */
public final class Charge {

  private final Decision decision;
  private final @Nullable BoundCall call;
  private final ChargeSettings settings;
  private final long delayStart;
  private final AtomicBoolean closed = new AtomicBoolean();

  Charge(Decision decision, @Nullable BoundCall call, ChargeSettings settings, long sentAt) {
    this.decision = decision;
    this.call = call;
    this.settings = settings;
    this.delayStart = delayStart(decision, settings, sentAt);
  }

  /**
   * Returns the start of the delay by the throttle's clock: one call duration before the call was
   * sent. So a cancellation that is as slow as the hit never overstates the rest of the delay.
   */
  private static long delayStart(Decision decision, ChargeSettings settings, long sentAt) {
    return decision.delayNanos() == 0
        ? sentAt
        : sentAt - Math.max(0, settings.clock().getAsLong() - sentAt);
  }

  /**
   * The decision about the hit.
   *
   * @return the decision; its {@link Decision#delay()} is the time to wait before the work
   */
  public Decision decision() {
    return decision;
  }

  /**
   * Returns whether a refund or settlement would have an effect.
   *
   * @return false if the hit took nothing, and after a refund or settlement
   */
  public boolean isOpen() {
    return call != null && !decision.degraded() && decision.isCharged() && !closed.get();
  }

  /**
   * Refunds the tokens that the hit took, or cancels it if its {@link Decision#delay()} has not
   * passed.
   *
   * <p>A cancelled hit gets its tokens back if no later hit waits. Otherwise they lapse, because
   * the later hits proceed as promised.
   *
   * @return the decision of the refund; the decision of the hit if nothing was refunded
   */
  public Decision refund() {
    return execute(claim(refundCall()));
  }

  /**
   * As {@link #refund()}, without blocking or throwing.
   *
   * @return a stage with the decision of the refund; with the decision of the hit if nothing was
   *     refunded
   */
  public CompletionStage<Decision> refundAsync() {
    try {
      return executeAsync(claim(refundCall()));
    } catch (Throwable t) {
      return CompletableFuture.failedFuture(t);
    }
  }

  /**
   * Replaces the estimated cost by the actual one, once the work is done. Tokens that were not
   * needed are refunded, as by {@link #refund()}. Missing tokens are taken even if they are not
   * there: the bucket then owes, and denies hits until it has refilled.
   *
   * @param actualCost the number of tokens that the work cost, at least 0
   * @return the decision of the settlement; its {@link Decision#unpaid()} counts the tokens beyond
   *     the throttle's {@link ThrottleBuilder#maxDebt}. The decision of the hit if nothing changed
   * @throws IllegalArgumentException if the cost is negative
   * @throws ConfigurationException if tokens are missing and the backend does not {@link
   *     Backend#supportsDebt() support debt}
   */
  public Decision settle(long actualCost) {
    return execute(claim(settlementCall(actualCost)));
  }

  /**
   * As {@link #settle}, without blocking or throwing.
   *
   * @param actualCost the number of tokens that the work cost, at least 0
   * @return a stage with the decision of the settlement, or failed with the exception of {@code
   *     settle}
   */
  public CompletionStage<Decision> settleAsync(long actualCost) {
    try {
      return executeAsync(claim(settlementCall(actualCost)));
    } catch (Throwable t) {
      return CompletableFuture.failedFuture(t);
    }
  }

  private @Nullable BoundCall refundCall() {
    return call == null
        ? null
        : call.with(Operation.REFUND, decision.charged(), remainingDelayNanos());
  }

  private long remainingDelayNanos() {
    long delay = decision.delayNanos();
    if (delay == 0) {
      return 0;
    }
    long elapsed = Math.max(0, settings.clock().getAsLong() - delayStart);
    return Math.max(0, delay - elapsed);
  }

  private @Nullable BoundCall settlementCall(long actualCost) {
    if (actualCost < 0) {
      throw new IllegalArgumentException("actual cost must be at least 0: " + actualCost);
    }
    if (call == null) {
      return null;
    }
    long missing = actualCost - decision.charged();
    return missing > 0
        ? call.with(Operation.SETTLE, missing, settings.maxDebt())
        : call.with(Operation.REFUND, -missing, remainingDelayNanos());
  }

  /** Returns null if there is nothing to do, or if the charge is closed already. */
  private @Nullable BoundCall claim(@Nullable BoundCall next) {
    if (next == null || decision.degraded() || !decision.isCharged()) {
      return null;
    }
    if (next.call().needsDebt()) {
      BoundCall.requireDebt(next.backend());
    }
    return closed.compareAndSet(false, true) && next.call().cost() > 0 ? next : null;
  }

  private Decision execute(@Nullable BoundCall next) {
    if (next == null) {
      return decision;
    }
    try {
      return decisionOf(next, next.execute());
    } catch (Exception | LinkageError | AssertionError e) {
      return lost(next, e);
    }
  }

  private CompletionStage<Decision> executeAsync(@Nullable BoundCall next) {
    return next == null
        ? CompletableFuture.completedFuture(decision)
        : Futures.handle(
            next.executeAsync(),
            (margins, thrown) ->
                margins == null
                    ? lost(next, Futures.orUnknown(thrown))
                    : decisionOf(next, margins));
  }

  private Decision lost(BoundCall next, Throwable thrown) {
    settings.failureHandler().onLost(next.backend(), thrown);
    BackendCall call = next.call();
    if (call.operation() == Operation.REFUND) {
      return decision;
    }
    return new Decision(
        call.policy(),
        call.operation(),
        call.cost(),
        0,
        PolicyOutcome.ALLOWED_ON_FAILURE,
        null,
        false);
  }

  private static Decision decisionOf(BoundCall done, long[] margins) {
    BackendCall call = done.call();
    long smallest = BoundCall.smallest(margins, call.policy());
    return new Decision(call.policy(), call.operation(), call.cost(), 0, smallest, margins, false);
  }

  @Override
  public String toString() {
    return decision.toString();
  }
}

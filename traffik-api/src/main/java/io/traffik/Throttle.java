package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A limit on how often a client may do something. It has a name and one or several rates. Its
 * settings determine the client's identity, the cost of a hit, the scope of a bucket and the
 * handling of denials.
 *
 * <pre>{@code
 * Throttle api = Throttle.builder("api").rate("100/min").backend(backend).build();
 * if (api.hit(view).denied()) { … }
 * }</pre>
 *
 * <p>A hit passes these stages until one decides: switched off? → unlimited? → backend → identity →
 * exempt? → cost → key → decision → throttled handler.
 *
 * <p>Every operation accepts an explicit cost in place of the throttle's own. Asynchronous forms
 * neither block nor throw: an exception fails the stage.
 *
 * <p>Immutable and safe for any number of threads, including virtual ones. It takes no lock; a
 * backend may. No parameter may be null.
 */
public final class Throttle {

  private final QuotaPolicy policy;
  final DecisionPath path;

  Throttle(QuotaPolicy policy, ThrottleBuilder settings) {
    this.policy = policy;
    this.path = new DecisionPath(this, policy, settings);
  }

  /**
   * {@return a builder of a throttle}
   *
   * @param uid the name of the throttle, not blank. It is part of every key, so give each throttle
   *     its own: throttles with the same uid share their buckets in a backend
   */
  public static ThrottleBuilder builder(String uid) {
    return new ThrottleBuilder(uid);
  }

  /** {@return the name of this throttle, not blank} */
  public String uid() {
    return policy.uid();
  }

  /** {@return the rates in the order of the builder, at least one; unmodifiable} */
  public List<Rate> rates() {
    return policy.rates();
  }

  /** {@return the name and rates of this throttle, as backends receive them} */
  public QuotaPolicy policy() {
    return policy;
  }

  /**
   * Whether this throttle depends on the backend of a {@link BackendScope} or of the connection.
   * Adapters use it to warn at server start if the application has no backend.
   *
   * @return true if the builder was given neither a backend, nor a function for it, nor {@link
   *     ThrottleBuilder#dynamicBackend()}; false for an unlimited throttle
   */
  public boolean needsBackend() {
    return path.needsBackend();
  }

  /**
   * Takes the cost of the connection and returns the decision. A denial takes nothing.
   *
   * @param view the connection
   * @return the decision
   * @throws AnonymousConnectionException if the client has no identity and the policy is {@link
   *     AnonymousPolicy#THROW}
   * @throws BackendException if the backend failed and the policy is {@link FailurePolicy#THROW}
   * @throws ConfigurationException if there is no backend
   * @throws IllegalArgumentException if the cost function returned a negative cost
   */
  public Decision hit(ConnectionView view) {
    return path.decide(Operation.HIT, view, DecisionPath.CONFIGURED_COST, false);
  }

  /**
   * As {@link #hit(ConnectionView)}, with an explicit cost.
   *
   * @param view the connection
   * @param cost the number of tokens, at least 0
   * @return the decision
   * @throws IllegalArgumentException if the cost is negative
   */
  public Decision hit(ConnectionView view, long cost) {
    return path.decide(Operation.HIT, view, DecisionPath.explicit(cost), false);
  }

  /**
   * As {@link #hit(ConnectionView)}, without blocking or throwing.
   *
   * @param view the connection; a listener may read it after this method returns
   * @return a stage with the decision, or failed with the exception of {@code hit}
   */
  public CompletionStage<Decision> hitAsync(ConnectionView view) {
    return path.decideAsync(Operation.HIT, view, DecisionPath.CONFIGURED_COST, false);
  }

  /**
   * As {@link #hit(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; a listener may read it after this method returns
   * @param cost the number of tokens, at least 0
   * @return a stage with the decision, or failed with the exception of {@code hit}
   */
  public CompletionStage<Decision> hitAsync(ConnectionView view, long cost) {
    return path.decideAsync(Operation.HIT, view, DecisionPath.explicit(cost), false);
  }

  /**
   * Takes the configured cost from the buckets of a client without a connection, in {@link
   * Scope#ALL_ROUTES}. Every other operation accepts the view {@link ConnectionView#of}(identity).
   *
   * @param identity the client
   * @return the decision
   */
  public Decision hit(Identity identity) {
    return hit(ConnectionView.of(identity));
  }

  /**
   * Takes the cost of the connection and calls the throttled handler on a denial. If the handler
   * returns, this method returns the denial. All else is as in {@link #hit(ConnectionView)}.
   *
   * @param view the connection
   * @return the decision
   * @throws ConnectionThrottledException on a denial, unless another handler was chosen
   */
  public Decision enforce(ConnectionView view) {
    return path.decide(Operation.HIT, view, DecisionPath.CONFIGURED_COST, true);
  }

  /**
   * As {@link #enforce(ConnectionView)}, with an explicit cost.
   *
   * @param view the connection
   * @param cost the number of tokens, at least 0
   * @return the decision
   * @throws ConnectionThrottledException on a denial, unless another handler was chosen
   * @throws IllegalArgumentException if the cost is negative
   */
  public Decision enforce(ConnectionView view, long cost) {
    return path.decide(Operation.HIT, view, DecisionPath.explicit(cost), true);
  }

  /**
   * As {@link #enforce(ConnectionView)}, without blocking or throwing. The throttled handler runs
   * on the thread that completes the decision.
   *
   * @param view the connection; a listener or handler may read it after this method returns
   * @return a stage with the decision, or failed with the exception of {@code enforce}
   */
  public CompletionStage<Decision> enforceAsync(ConnectionView view) {
    return path.decideAsync(Operation.HIT, view, DecisionPath.CONFIGURED_COST, true);
  }

  /**
   * As {@link #enforce(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; a listener or handler may read it after this method returns
   * @param cost the number of tokens, at least 0
   * @return a stage with the decision, or failed with the exception of {@code enforce}
   */
  public CompletionStage<Decision> enforceAsync(ConnectionView view, long cost) {
    return path.decideAsync(Operation.HIT, view, DecisionPath.explicit(cost), true);
  }

  /**
   * As {@link #enforce(ConnectionView)}, with a result that can be refunded. An adapter with
   * several throttles needs it, for example, to undo earlier charges after a denial.
   *
   * @param view the connection
   * @return the charge
   * @throws ConnectionThrottledException on a denial, unless another handler was chosen
   */
  public Charge charge(ConnectionView view) {
    return path.charge(view, DecisionPath.CONFIGURED_COST, Duration.ZERO);
  }

  /**
   * As {@link #charge(ConnectionView)}, with an explicit cost.
   *
   * @param view the connection
   * @param cost the number of tokens, at least 0
   * @return the charge
   * @throws ConnectionThrottledException on a denial, unless another handler was chosen
   * @throws IllegalArgumentException if the cost is negative
   */
  public Charge charge(ConnectionView view, long cost) {
    return path.charge(view, DecisionPath.explicit(cost), Duration.ZERO);
  }

  /**
   * As {@link #charge(ConnectionView)}, without blocking or throwing.
   *
   * @param view the connection; a listener or handler may read it after this method returns
   * @return a stage with the charge, or failed with the exception of {@code charge}
   */
  public CompletionStage<Charge> chargeAsync(ConnectionView view) {
    return path.chargeAsync(view, DecisionPath.CONFIGURED_COST, Duration.ZERO);
  }

  /**
   * As {@link #charge(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; a listener or handler may read it after this method returns
   * @param cost the number of tokens, at least 0
   * @return a stage with the charge, or failed with the exception of {@code charge}
   */
  public CompletionStage<Charge> chargeAsync(ConnectionView view, long cost) {
    return path.chargeAsync(view, DecisionPath.explicit(cost), Duration.ZERO);
  }

  /**
   * As {@link #charge(ConnectionView, long)}, but the hit may take tokens that refill within its
   * patience. The caller must wait for {@link Decision#delay()} before the work; if it gives up,
   * {@link Charge#refund()} cancels the hit. Waiting hits proceed in the order of their calls.
   *
   * @param view the connection
   * @param cost the number of tokens, at least 0
   * @param patience the longest acceptable delay, from zero to {@link ThrottleBuilder#maxWait}
   * @return the charge
   * @throws ConnectionThrottledException if the delay would exceed the patience, unless another
   *     handler was chosen
   * @throws IllegalArgumentException if the cost or the patience is out of range
   * @throws ConfigurationException if the backend does not {@link Backend#supportsDebt() support
   *     debt}
   */
  public Charge reserve(ConnectionView view, long cost, Duration patience) {
    return path.charge(view, DecisionPath.explicit(cost), patience);
  }

  /**
   * As {@link #reserve}, without blocking or throwing.
   *
   * @param view the connection; a listener or handler may read it after this method returns
   * @param cost the number of tokens, at least 0
   * @param patience the longest acceptable delay, from zero to {@link ThrottleBuilder#maxWait}
   * @return a stage with the charge, or failed with the exception of {@code reserve}
   */
  public CompletionStage<Charge> reserveAsync(ConnectionView view, long cost, Duration patience) {
    return path.chargeAsync(view, DecisionPath.explicit(cost), patience);
  }

  /**
   * Decides like {@link #hit(ConnectionView)}, exceptions included, but takes nothing.
   *
   * @param view the connection
   * @return the decision; its {@link Decision#remaining()} counts the tokens before the hit
   */
  public Decision peek(ConnectionView view) {
    return path.decide(Operation.PEEK, view, DecisionPath.CONFIGURED_COST, false);
  }

  /**
   * As {@link #peek(ConnectionView)}, with an explicit cost.
   *
   * @param view the connection
   * @param cost the number of tokens, at least 0
   * @return the decision; its {@link Decision#remaining()} counts the tokens before the hit
   */
  public Decision peek(ConnectionView view, long cost) {
    return path.decide(Operation.PEEK, view, DecisionPath.explicit(cost), false);
  }

  /**
   * As {@link #peek(ConnectionView)}, without blocking or throwing.
   *
   * @param view the connection; a listener may read it after this method returns
   * @return a stage with the decision
   */
  public CompletionStage<Decision> peekAsync(ConnectionView view) {
    return path.decideAsync(Operation.PEEK, view, DecisionPath.CONFIGURED_COST, false);
  }

  /**
   * As {@link #peek(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; a listener may read it after this method returns
   * @param cost the number of tokens, at least 0
   * @return a stage with the decision
   */
  public CompletionStage<Decision> peekAsync(ConnectionView view, long cost) {
    return path.decideAsync(Operation.PEEK, view, DecisionPath.explicit(cost), false);
  }

  /**
   * Refunds the cost of the connection, up to the capacity. The cost must not exceed the tokens
   * that the hit took ({@link Decision#charged()}).
   *
   * <p>Backend, identity and scope are determined again. Use {@link #charge(ConnectionView)} if
   * they may have changed since the hit.
   *
   * @param view the connection
   * @return the decision of the refund, with the tokens after it
   */
  public Decision refund(ConnectionView view) {
    return path.decide(Operation.REFUND, view, DecisionPath.CONFIGURED_COST, false);
  }

  /**
   * As {@link #refund(ConnectionView)}, with an explicit cost.
   *
   * @param view the connection
   * @param cost the number of tokens, at least 0
   * @return the decision of the refund, with the tokens after it
   * @throws IllegalArgumentException if the cost is negative
   */
  public Decision refund(ConnectionView view, long cost) {
    return path.decide(Operation.REFUND, view, DecisionPath.explicit(cost), false);
  }

  /**
   * As {@link #refund(ConnectionView)}, without blocking or throwing.
   *
   * @param view the connection; a listener may read it after this method returns
   * @return a stage with the decision of the refund
   */
  public CompletionStage<Decision> refundAsync(ConnectionView view) {
    return path.decideAsync(Operation.REFUND, view, DecisionPath.CONFIGURED_COST, false);
  }

  /**
   * As {@link #refund(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; a listener may read it after this method returns
   * @param cost the number of tokens, at least 0
   * @return a stage with the decision of the refund
   */
  public CompletionStage<Decision> refundAsync(ConnectionView view, long cost) {
    return path.decideAsync(Operation.REFUND, view, DecisionPath.explicit(cost), false);
  }

  @Override
  public String toString() {
    return policy.toString();
  }
}

package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
 * <p>Every operation accepts an explicit cost in place of the throttle's own. Every operation also
 * has an asynchronous form that neither blocks nor throws. Any exception fails its stage.
 *
 * <p>Immutable and safe for any number of threads, including virtual ones, since it takes no lock.
 * No parameter may be null.
 */
public final class Throttle {

  private final QuotaPolicy policy;
  private final DecisionPath path;

  Throttle(QuotaPolicy policy, ThrottleBuilder settings) {
    this.policy = policy;
    this.path = new DecisionPath(this, policy, settings);
  }

  /**
   * Returns a builder of a throttle.
   *
   * @param uid the unique name of the throttle, not blank. It is part of every key: throttles of
   *     one name share their buckets in a backend
   * @return a builder
   */
  public static ThrottleBuilder builder(String uid) {
    return new ThrottleBuilder(uid);
  }

  /**
   * The name of this throttle.
   *
   * @return the name, not blank
   */
  public String uid() {
    return policy.uid();
  }

  /**
   * The rates of this throttle, in the order of the builder.
   *
   * @return at least one rate, unmodifiable
   */
  public List<Rate> rates() {
    return policy.rates();
  }

  /**
   * The name and rates of this throttle, as backends receive them.
   *
   * @return the policy
   */
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
    DecisionPath.requireCost(cost);
    return path.decide(Operation.HIT, view, cost, false);
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
    return explicitAsync(Operation.HIT, view, cost, false);
  }

  /**
   * Takes the cost of the connection and calls the throttled handler on a denial. If the handler
   * returns, this method returns the denial.
   *
   * @param view the connection
   * @return the decision
   * @throws ConnectionThrottledException on a denial, unless another handler was chosen
   * @throws AnonymousConnectionException as {@link #hit(ConnectionView)}
   * @throws BackendException as {@link #hit(ConnectionView)}
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
    DecisionPath.requireCost(cost);
    return path.decide(Operation.HIT, view, cost, true);
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
    return explicitAsync(Operation.HIT, view, cost, true);
  }

  /**
   * As {@link #enforce(ConnectionView)}, with a result that can be refunded. An adapter with
   * several throttles needs it, for example, to undo earlier charges after a denial.
   *
   * @param view the connection
   * @return the charge
   * @throws ConnectionThrottledException on a denial, unless another handler was chosen
   * @throws AnonymousConnectionException as {@link #hit(ConnectionView)}
   * @throws BackendException as {@link #hit(ConnectionView)}
   */
  public Charge charge(ConnectionView view) {
    return path.charge(view, DecisionPath.CONFIGURED_COST);
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
    DecisionPath.requireCost(cost);
    return path.charge(view, cost);
  }

  /**
   * As {@link #charge(ConnectionView)}, without blocking or throwing.
   *
   * @param view the connection; a listener or handler may read it after this method returns
   * @return a stage with the charge, or failed with the exception of {@code charge}
   */
  public CompletionStage<Charge> chargeAsync(ConnectionView view) {
    return path.chargeAsync(view, DecisionPath.CONFIGURED_COST);
  }

  /**
   * As {@link #charge(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; a listener or handler may read it after this method returns
   * @param cost the number of tokens, at least 0
   * @return a stage with the charge, or failed with the exception of {@code charge}
   */
  public CompletionStage<Charge> chargeAsync(ConnectionView view, long cost) {
    try {
      DecisionPath.requireCost(cost);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    return path.chargeAsync(view, cost);
  }

  /**
   * Returns whether {@link #hit(ConnectionView)} would be allowed, and takes nothing.
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
    DecisionPath.requireCost(cost);
    return path.decide(Operation.PEEK, view, cost, false);
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
    return explicitAsync(Operation.PEEK, view, cost, false);
  }

  /**
   * Refunds the cost of the connection, up to the capacity. Refund at most the tokens that a hit
   * took, {@link Decision#charged()}.
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
    DecisionPath.requireCost(cost);
    return path.decide(Operation.REFUND, view, cost, false);
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
    return explicitAsync(Operation.REFUND, view, cost, false);
  }

  private CompletionStage<Decision> explicitAsync(
      Operation operation, ConnectionView view, long cost, boolean enforced) {
    try {
      DecisionPath.requireCost(cost);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    return path.decideAsync(operation, view, cost, enforced);
  }

  @Override
  public String toString() {
    return policy.toString();
  }
}

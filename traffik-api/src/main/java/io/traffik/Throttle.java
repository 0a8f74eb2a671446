package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Limits how often a client may do something: a name, one or several rates, and the choices of who
 * a client is, what a hit costs, which buckets it draws on and what happens on a denial.
 *
 * <pre>{@code
 * Throttle api = Throttle.builder("api").rate("100/min").backend(backend).build();
 * if (api.hit(view).denied()) { … }
 * }</pre>
 *
 * <p>A hit goes this way, and stops where the answer is known: switched off? → unlimited? → backend
 * → identity → exempt? → cost → key → decision → throttled handler.
 *
 * <p>Each operation also exists with a cost given by the caller, and asynchronously. The
 * asynchronous ones neither block nor throw: whatever goes wrong fails the stage.
 *
 * <p>Immutable and safe for any number of threads, virtual ones included: it takes no lock. All
 * parameters must not be null.
 */
public final class Throttle {

  private final QuotaPolicy policy;
  private final DecisionPath path;

  Throttle(QuotaPolicy policy, ThrottleBuilder choices) {
    this.policy = policy;
    this.path = new DecisionPath(this, policy, choices);
  }

  /**
   * Starts a throttle.
   *
   * @param uid its name, part of every key: throttles with the same name on one backend share
   *     buckets, so give each its own
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
   * The rates of this throttle, in the order in which they were given.
   *
   * @return at least one rate, unmodifiable
   */
  public List<Rate> rates() {
    return policy.rates();
  }

  /**
   * The name and rates of this throttle, as backends and clients are told.
   *
   * @return the policy
   */
  public QuotaPolicy policy() {
    return policy;
  }

  /**
   * Whether the backend must come from outside: a scope or the connection. For adapters, which know
   * at the start of a server whether the connections will bring one.
   *
   * @return true if nothing was said about the backend: neither which, nor a function that gives
   *     it, nor that it is dynamic; false for an unlimited throttle, which asks none
   */
  public boolean needsBackend() {
    return path.needsBackend();
  }

  /**
   * Asks for the cost of the connection and takes it if it is there.
   *
   * @param view the connection
   * @return the decision
   * @throws AnonymousConnectionException if nothing names the client and the policy is to raise
   * @throws BackendException if the backend failed and the policy is to raise
   * @throws ConfigurationException if there is no backend
   * @throws IllegalArgumentException if the cost function gave a negative cost
   */
  public Decision hit(ConnectionView view) {
    return path.decide(Operation.HIT, view, DecisionPath.COST_OF_VIEW, false);
  }

  /**
   * As {@link #hit(ConnectionView)}, with a cost of the caller's.
   *
   * @param view the connection
   * @param cost tokens, at least 0
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
   * @param view the connection; read before this method returns, unless a listener reads it then
   * @return a stage with the decision, or failed with what {@code hit} throws
   */
  public CompletionStage<Decision> hitAsync(ConnectionView view) {
    return path.decideAsync(Operation.HIT, view, DecisionPath.COST_OF_VIEW, false);
  }

  /**
   * As {@link #hit(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; read before this method returns, unless a listener reads it then
   * @param cost tokens, at least 0
   * @return a stage with the decision, or failed with what {@code hit} throws
   */
  public CompletionStage<Decision> hitAsync(ConnectionView view, long cost) {
    return explicitAsync(Operation.HIT, view, cost, false);
  }

  /**
   * Hits, and calls the throttled handler on a denial. If that handler returns, so does this
   * method, with the denial.
   *
   * @param view the connection
   * @return the decision
   * @throws ConnectionThrottledException on a denial, unless another handler was chosen
   * @throws AnonymousConnectionException as {@link #hit(ConnectionView)}
   * @throws BackendException as {@link #hit(ConnectionView)}
   */
  public Decision enforce(ConnectionView view) {
    return path.decide(Operation.HIT, view, DecisionPath.COST_OF_VIEW, true);
  }

  /**
   * As {@link #enforce(ConnectionView)}, with a cost of the caller's.
   *
   * @param view the connection
   * @param cost tokens, at least 0
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
   * @param view the connection; a listener or handler of the user's may read it later
   * @return a stage with the decision, or failed with what {@code enforce} throws
   */
  public CompletionStage<Decision> enforceAsync(ConnectionView view) {
    return path.decideAsync(Operation.HIT, view, DecisionPath.COST_OF_VIEW, true);
  }

  /**
   * As {@link #enforce(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; a listener or handler of the user's may read it later
   * @param cost tokens, at least 0
   * @return a stage with the decision, or failed with what {@code enforce} throws
   */
  public CompletionStage<Decision> enforceAsync(ConnectionView view, long cost) {
    return explicitAsync(Operation.HIT, view, cost, true);
  }

  /**
   * As {@link #enforce(ConnectionView)}, for those who may have to undo it, an adapter with several
   * throttles, say.
   *
   * @param view the connection
   * @return the decision, and the way to take it back
   * @throws ConnectionThrottledException on a denial, unless another handler was chosen
   * @throws AnonymousConnectionException as {@link #hit(ConnectionView)}
   * @throws BackendException as {@link #hit(ConnectionView)}
   */
  public Charge charge(ConnectionView view) {
    return path.charge(view, DecisionPath.COST_OF_VIEW);
  }

  /**
   * As {@link #charge(ConnectionView)}, with a cost of the caller's.
   *
   * @param view the connection
   * @param cost tokens, at least 0
   * @return the decision, and the way to take it back
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
   * @param view the connection; a listener or handler of the user's may read it later
   * @return a stage with the charge, or failed with what {@code charge} throws
   */
  public CompletionStage<Charge> chargeAsync(ConnectionView view) {
    return path.chargeAsync(view, DecisionPath.COST_OF_VIEW);
  }

  /**
   * As {@link #charge(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; a listener or handler of the user's may read it later
   * @param cost tokens, at least 0
   * @return a stage with the charge, or failed with what {@code charge} throws
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
   * Answers as {@link #hit(ConnectionView)} would, and takes nothing.
   *
   * @param view the connection
   * @return the decision; its {@link Decision#remaining()} is what is there before the hit
   */
  public Decision peek(ConnectionView view) {
    return path.decide(Operation.PEEK, view, DecisionPath.COST_OF_VIEW, false);
  }

  /**
   * Answers as {@link #hit(ConnectionView, long)} would, and takes nothing.
   *
   * @param view the connection
   * @param cost tokens, at least 0
   * @return the decision; its {@link Decision#remaining()} is what is there before the hit
   */
  public Decision peek(ConnectionView view, long cost) {
    DecisionPath.requireCost(cost);
    return path.decide(Operation.PEEK, view, cost, false);
  }

  /**
   * As {@link #peek(ConnectionView)}, without blocking or throwing.
   *
   * @param view the connection; read before this method returns, unless a listener reads it then
   * @return a stage with the decision
   */
  public CompletionStage<Decision> peekAsync(ConnectionView view) {
    return path.decideAsync(Operation.PEEK, view, DecisionPath.COST_OF_VIEW, false);
  }

  /**
   * As {@link #peek(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; read before this method returns, unless a listener reads it then
   * @param cost tokens, at least 0
   * @return a stage with the decision
   */
  public CompletionStage<Decision> peekAsync(ConnectionView view, long cost) {
    return explicitAsync(Operation.PEEK, view, cost, false);
  }

  /**
   * Gives back what a hit at the connection's cost took, never above the capacity. Only what was
   * taken may be given back: {@link Decision#charged()} says how much. Backend, client and scope
   * are found anew; where they may have changed since the hit, use {@link #charge}.
   *
   * @param view the connection
   * @return what is there now
   */
  public Decision refund(ConnectionView view) {
    return path.decide(Operation.REFUND, view, DecisionPath.COST_OF_VIEW, false);
  }

  /**
   * Gives tokens back, never above the capacity.
   *
   * @param view the connection
   * @param cost tokens, at least 0
   * @return what is there now
   * @throws IllegalArgumentException if the cost is negative
   */
  public Decision refund(ConnectionView view, long cost) {
    DecisionPath.requireCost(cost);
    return path.decide(Operation.REFUND, view, cost, false);
  }

  /**
   * As {@link #refund(ConnectionView)}, without blocking or throwing.
   *
   * @param view the connection; read before this method returns, unless a listener reads it then
   * @return a stage with what is there then
   */
  public CompletionStage<Decision> refundAsync(ConnectionView view) {
    return path.decideAsync(Operation.REFUND, view, DecisionPath.COST_OF_VIEW, false);
  }

  /**
   * As {@link #refund(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; read before this method returns, unless a listener reads it then
   * @param cost tokens, at least 0
   * @return a stage with what is there then
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

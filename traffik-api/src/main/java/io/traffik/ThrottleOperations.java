package io.traffik;

import io.traffik.Backend.Operation;
import java.util.concurrent.CompletionStage;

/** The operations of a throttle whose result is only a decision. No parameter may be null. */
abstract sealed class ThrottleOperations permits Throttle {

  final DecisionPath path;

  final PolicySource policies;
  final ThrottleSwitches switches = new ThrottleSwitches();

  ThrottleOperations(PolicySource policies, ThrottleBuilder settings) {
    this.policies = policies;
    this.path = new DecisionPath(self(), policies, switches, settings);
  }

  abstract Throttle self();

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
   * <p>Backend, identity and scope are determined again. Use {@link
   * Throttle#charge(ConnectionView)} if they may have changed since the hit.
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
}

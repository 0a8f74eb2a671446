package io.traffik;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Limits how often a client may do something: a name, one or several rates, and the choices of who
 * a client is, what a hit costs, which buckets it draws on and what happens on a denial.
 *
 * <pre>{@code
 * Throttle api = Throttle.of("api").rate("100/min").backend(backend).build();
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
  private final Questions questions;
  private final Failures failures;
  private final @Nullable ThrottledHandler throttledHandler;
  private final @Nullable ThrottleListener listener;

  Throttle(QuotaPolicy policy, ThrottleBuilder choices) {
    this.policy = policy;
    this.questions = new Questions(policy, choices);
    this.failures = new Failures(policy.uid(), choices.failurePolicy);
    this.throttledHandler = choices.throttledHandler;
    this.listener =
        choices.listener == null ? null : new GuardedListener(policy.uid(), choices.listener);
  }

  /**
   * Starts a throttle.
   *
   * @param uid its name, part of every key: throttles with the same name on one backend share
   *     buckets, so give each its own
   * @return a builder
   */
  public static ThrottleBuilder of(String uid) {
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
    return decide(Operation.HIT, view, Questions.COST_OF_VIEW, false);
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
    Questions.requireCost(cost);
    return decide(Operation.HIT, view, cost, false);
  }

  /**
   * As {@link #hit(ConnectionView)}, without blocking or throwing.
   *
   * @param view the connection; read before this method returns
   * @return a stage with the decision, or failed with what {@code hit} throws
   */
  public CompletionStage<Decision> hitAsync(ConnectionView view) {
    return decideAsync(Operation.HIT, view, Questions.COST_OF_VIEW, false);
  }

  /**
   * As {@link #hit(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; read before this method returns
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
    return decide(Operation.HIT, view, Questions.COST_OF_VIEW, true);
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
    Questions.requireCost(cost);
    return decide(Operation.HIT, view, cost, true);
  }

  /**
   * As {@link #enforce(ConnectionView)}, without blocking or throwing. The throttled handler runs
   * on the thread that completes the decision.
   *
   * @param view the connection; a handler of the user's may read it later
   * @return a stage with the decision, or failed with what {@code enforce} throws
   */
  public CompletionStage<Decision> enforceAsync(ConnectionView view) {
    return decideAsync(Operation.HIT, view, Questions.COST_OF_VIEW, true);
  }

  /**
   * As {@link #enforce(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; a handler of the user's may read it later
   * @param cost tokens, at least 0
   * @return a stage with the decision, or failed with what {@code enforce} throws
   */
  public CompletionStage<Decision> enforceAsync(ConnectionView view, long cost) {
    return explicitAsync(Operation.HIT, view, cost, true);
  }

  /**
   * Answers as {@link #hit(ConnectionView)} would, and takes nothing.
   *
   * @param view the connection
   * @return the decision; its {@link Decision#remaining()} is what is there before the hit
   */
  public Decision peek(ConnectionView view) {
    return decide(Operation.PEEK, view, Questions.COST_OF_VIEW, false);
  }

  /**
   * Answers as {@link #hit(ConnectionView, long)} would, and takes nothing.
   *
   * @param view the connection
   * @param cost tokens, at least 0
   * @return the decision; its {@link Decision#remaining()} is what is there before the hit
   */
  public Decision peek(ConnectionView view, long cost) {
    Questions.requireCost(cost);
    return decide(Operation.PEEK, view, cost, false);
  }

  /**
   * As {@link #peek(ConnectionView)}, without blocking or throwing.
   *
   * @param view the connection; read before this method returns
   * @return a stage with the decision
   */
  public CompletionStage<Decision> peekAsync(ConnectionView view) {
    return decideAsync(Operation.PEEK, view, Questions.COST_OF_VIEW, false);
  }

  /**
   * As {@link #peek(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; read before this method returns
   * @param cost tokens, at least 0
   * @return a stage with the decision
   */
  public CompletionStage<Decision> peekAsync(ConnectionView view, long cost) {
    return explicitAsync(Operation.PEEK, view, cost, false);
  }

  /**
   * Gives back what a hit at the connection's cost took, never above the capacity. Only what was
   * taken may be given back: {@link Decision#charged()} says how much.
   *
   * @param view the connection
   * @return what is there now
   */
  public Decision refund(ConnectionView view) {
    return decide(Operation.REFUND, view, Questions.COST_OF_VIEW, false);
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
    Questions.requireCost(cost);
    return decide(Operation.REFUND, view, cost, false);
  }

  /**
   * As {@link #refund(ConnectionView)}, without blocking or throwing.
   *
   * @param view the connection; read before this method returns
   * @return a stage with what is there then
   */
  public CompletionStage<Decision> refundAsync(ConnectionView view) {
    return decideAsync(Operation.REFUND, view, Questions.COST_OF_VIEW, false);
  }

  /**
   * As {@link #refund(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; read before this method returns
   * @param cost tokens, at least 0
   * @return a stage with what is there then
   */
  public CompletionStage<Decision> refundAsync(ConnectionView view, long cost) {
    return explicitAsync(Operation.REFUND, view, cost, false);
  }

  private Decision decide(Operation operation, ConnectionView view, long cost, boolean enforced) {
    Question question = questions.about(operation, view, cost);
    Outcome outcome = question.outcome();
    long single = 0;
    long[] several = null;
    if (outcome.isAsked()) {
      try {
        if (policy.size() == 1) {
          single = question.askSingle(policy);
        } else {
          several = question.askSeveral(policy);
        }
      } catch (RuntimeException e) {
        outcome = failed(outcome, view, e);
      }
    }
    // Neither the question nor this decision is handed on, so that neither reaches the heap unless
    // the caller keeps it: those who are told get a copy.
    Decision decision =
        new Decision(policy, operation, outcome, question.costInMargins(), single, several);
    if (listener != null || (enforced && decision.denied())) {
      tell(operation, question.backend(), view, decision.copy(), enforced);
    }
    return decision;
  }

  private CompletionStage<Decision> explicitAsync(
      Operation operation, ConnectionView view, long cost, boolean enforced) {
    try {
      Questions.requireCost(cost);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    return decideAsync(operation, view, cost, enforced);
  }

  private CompletionStage<Decision> decideAsync(
      Operation operation, ConnectionView view, long cost, boolean enforced) {
    try {
      Question question = questions.about(operation, view, cost);
      CompletionStage<long[]> answer =
          question.outcome().isAsked()
              ? question.askAsync(policy)
              : CompletableFuture.completedFuture(new long[policy.size()]);
      return Stages.handle(
          answer, (margins, thrown) -> conclude(question, view, margins, thrown, enforced));
    } catch (Throwable t) {
      return CompletableFuture.failedFuture(t);
    }
  }

  private Decision conclude(
      Question question,
      ConnectionView view,
      long @Nullable [] margins,
      @Nullable Throwable thrown,
      boolean enforced) {
    Outcome outcome = question.outcome();
    long[] answer = new long[policy.size()];
    Throwable failure = thrown;
    if (failure == null) {
      try {
        answer = question.checked(policy, margins);
      } catch (BackendException e) {
        failure = e;
      }
    }
    if (failure != null) {
      outcome = failed(outcome, view, failure);
    }
    Decision decision =
        new Decision(
            policy,
            question.operation(),
            outcome,
            question.costInMargins(),
            answer[0],
            policy.size() == 1 ? null : answer);
    tell(question.operation(), question.backend(), view, decision, enforced);
    return decision;
  }

  private Outcome failed(Outcome asked, ConnectionView view, Throwable thrown) {
    BackendException failure = Failures.failure(thrown);
    if (listener != null) {
      listener.onBackendFailure(this, view, failure);
    }
    return failures.outcome(asked, failure);
  }

  private void tell(
      Operation operation,
      @Nullable Backend backend,
      ConnectionView view,
      Decision decision,
      boolean enforced) {
    if (listener != null && operation == Operation.HIT) {
      listener.onDecision(this, view, decision);
    }
    if (enforced && decision.denied()) {
      handlerFor(backend).onThrottled(view, decision, this);
    }
  }

  private ThrottledHandler handlerFor(@Nullable Backend backend) {
    if (throttledHandler != null) {
      return throttledHandler;
    }
    ThrottledHandler handler = backend == null ? null : backend.throttledHandler();
    return handler != null ? handler : ThrottledHandler.raising();
  }

  @Override
  public String toString() {
    return policy.toString();
  }
}

package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The way of a hit through the choices of one throttle, in the order of rule T1: switched off? →
 * unlimited? → backend → identity → exempt? → cost → key → decision → handler. The same for
 * synchronous and asynchronous hits, which differ in the call of the backend alone.
 *
 * <p>With one rate a hit leaves no garbage: {@link #decide} is small enough for the compiler to
 * make it part of its caller, where the decision stays off the heap unless the caller keeps it, and
 * {@link #evaluate} is too large to be taken along. What passes between the two is a number, and a
 * number array where one does not do: for several rates, and for a cost that a function gave.
 */
final class DecisionPath {

  /** Stands for the cost that the throttle itself knows. */
  static final long COST_OF_VIEW = Long.MIN_VALUE;

  private final Throttle throttle;
  private final QuotaPolicy policy;
  private final BooleanSupplier enabled;
  private final @Nullable Backend backend;
  private final @Nullable Function<? super ConnectionView, ? extends @Nullable Backend> backends;
  private final @Nullable Identifier identifier;
  private final AnonymousPolicy anonymousPolicy;
  private final long fixedCost;
  private final @Nullable ToLongFunction<? super ConnectionView> costs;
  private final Scope scope;
  private final FailureHandler failures;
  private final @Nullable ThrottledHandler throttledHandler;
  private final @Nullable ThrottleListener listener;
  private final boolean needsBackend;

  DecisionPath(Throttle throttle, QuotaPolicy policy, ThrottleBuilder choices) {
    this.throttle = throttle;
    this.policy = policy;
    this.enabled = choices.enabled;
    this.backend = choices.backend;
    this.backends = choices.backends;
    this.identifier = choices.identifier;
    this.anonymousPolicy = choices.anonymousPolicy;
    this.fixedCost = choices.fixedCost;
    this.costs = choices.costs;
    this.scope = choices.scope;
    this.failures = new FailureHandler(policy.uid(), choices.failurePolicy);
    this.throttledHandler = choices.throttledHandler;
    this.listener = GuardedListeners.of(policy.uid(), choices.listeners);
    this.needsBackend =
        backend == null && backends == null && !choices.dynamicBackend && !policy.isUnlimited();
  }

  boolean needsBackend() {
    return needsBackend;
  }

  static void requireCost(long cost) {
    if (cost < 0) {
      throw new IllegalArgumentException("cost must be at least 0: " + cost);
    }
  }

  Decision decide(Operation operation, ConnectionView view, long explicitCost, boolean enforced) {
    long cost = explicitCost == COST_OF_VIEW ? fixedCost : explicitCost;
    int rates = policy.size();
    long[] found = cost >= 0 && rates == 1 ? null : new long[rates + 1];
    long answer = evaluate(operation, view, explicitCost, enforced, found, null);
    return new Decision(policy, operation, found == null ? cost : found[rates], answer, found);
  }

  /** As {@link #decide}, enforced, keeping what was asked of whom. */
  Charge charge(ConnectionView view, long explicitCost) {
    CallCapture asking = new CallCapture(false);
    long[] found = new long[policy.size() + 1];
    long answer = evaluate(Operation.HIT, view, explicitCost, true, found, asking);
    return charge(found[policy.size()], answer, found, asking.question);
  }

  private Charge charge(long cost, long answer, long[] found, @Nullable BackendCall question) {
    Decision decision = new Decision(policy, Operation.HIT, cost, answer, found);
    return new Charge(policy, decision, question, failures);
  }

  CompletionStage<Charge> chargeAsync(ConnectionView view, long explicitCost) {
    CallCapture asking = new CallCapture(true);
    return Futures.handle(
        decideAsync(Operation.HIT, view, explicitCost, true, asking),
        (decision, thrown) -> {
          if (decision == null) {
            throw Futures.unchecked(thrown);
          }
          return new Charge(policy, decision, asking.question, failures);
        });
  }

  CompletionStage<Decision> decideAsync(
      Operation operation, ConnectionView view, long explicitCost, boolean enforced) {
    return decideAsync(operation, view, explicitCost, enforced, new CallCapture(true));
  }

  private CompletionStage<Decision> decideAsync(
      Operation operation,
      ConnectionView view,
      long explicitCost,
      boolean enforced,
      CallCapture asking) {
    try {
      long[] found = new long[policy.size() + 1];
      long answer = evaluate(operation, view, explicitCost, enforced, found, asking);
      long cost = found[policy.size()];
      BackendCall question = asking.question;
      return question == null
          ? CompletableFuture.completedFuture(new Decision(policy, operation, cost, answer, found))
          : Futures.handle(
              question.ask(),
              (margins, thrown) ->
                  conclude(operation, question, view, cost, margins, thrown, enforced));
    } catch (Throwable t) {
      return CompletableFuture.failedFuture(t);
    }
  }

  /** Takes what is asked of the backend out of the way, to be asked or undone later. */
  private static final class CallCapture {
    private final boolean later;
    private @Nullable BackendCall question;

    CallCapture(boolean later) {
      this.later = later;
    }
  }

  /**
   * Goes the whole way.
   *
   * @param found takes the margins of several rates and, behind their places, the cost; null if
   *     there is one rate whose cost is known beforehand
   * @param asking takes the question, which is asked here unless that is to happen later; null if
   *     nobody wants to know
   * @return a margin that is negative if any rate denies, or a number of {@link PolicyOutcome}
   */
  private long evaluate(
      Operation operation,
      ConnectionView view,
      long explicitCost,
      boolean enforced,
      long @Nullable [] found,
      @Nullable CallCapture asking) {
    Objects.requireNonNull(view, "view must not be null");
    Backend asked = null;
    long cost = 0;
    long answer;
    if (!enabled.getAsBoolean() || policy.isUnlimited()) {
      answer = PolicyOutcome.EXEMPT;
    } else {
      asked = backend != null ? backend : find(view);
      Identifier chosen = identifier != null ? identifier : asked.identifier();
      Identity identity = null;
      String client;
      if (chosen == null) {
        client = RemoteAddressIdentifier.BY_SUBSCRIBER.canonicalAddress(view);
      } else {
        identity = chosen.identify(view);
        client = identity == null ? null : identity.value();
      }
      if (client == null && anonymousPolicy == AnonymousPolicy.THROW) {
        throw anonymous(view);
      }
      if (client == null && anonymousPolicy == AnonymousPolicy.SHARED) {
        client = Identity.ANONYMOUS.value();
      }
      if (client == null) {
        answer =
            anonymousPolicy == AnonymousPolicy.DENY
                ? PolicyOutcome.REFUSED_ANONYMOUS
                : PolicyOutcome.EXEMPT;
      } else if (identity != null && identity.isExempt()) {
        answer = PolicyOutcome.EXEMPT;
      } else {
        if (explicitCost != COST_OF_VIEW) {
          cost = explicitCost;
        } else {
          cost = costs == null ? fixedCost : costs.applyAsLong(view);
        }
        requireCost(cost);
        String where = scope.of(view);
        if (where == null) {
          throw new ConfigurationException(
              "the scope of throttle \""
                  + policy.uid()
                  + "\" must not be null; \"\" is one for all");
        }
        // What can never fit is denied whatever is there; the backend only tells what that is.
        boolean fits = cost <= policy.capacity() || operation == Operation.REFUND;
        Operation put = fits ? operation : Operation.PEEK;
        long price = fits ? cost : 0;
        if (asking != null) {
          asking.question = new BackendCall(asked, put, policy, client, where, price);
        }
        if (asking != null && asking.later) {
          answer = 0;
        } else {
          try {
            if (policy.size() == 1 || found == null) {
              answer = asked.decideSingle(put, policy, client, where, price);
            } else {
              asked.decideInto(put, policy, client, where, price, found);
              answer = least(found);
            }
            if (PolicyOutcome.isSettled(answer)) {
              throw tooLarge(asked, answer);
            }
          } catch (Exception e) {
            answer = failed(view, e);
          }
        }
      }
    }
    if (found != null) {
      found[policy.size()] = cost;
    }
    boolean concluded = asking == null || !asking.later || asking.question == null;
    boolean mayBeDenied = answer < 0 || cost > policy.capacity();
    if (concluded && (listener != null || (enforced && mayBeDenied))) {
      // Not the decision that decide makes, which must reach nobody but its caller.
      tell(asked, view, new Decision(policy, operation, cost, answer, found), enforced);
    }
    return answer;
  }

  private Decision conclude(
      Operation operation,
      BackendCall question,
      ConnectionView view,
      long cost,
      long @Nullable [] margins,
      @Nullable Throwable thrown,
      boolean enforced) {
    long[] found = new long[policy.size() + 1];
    long answer;
    if (thrown != null) {
      answer = failed(view, thrown);
    } else {
      try {
        long[] checked = BackendCall.checked(question.backend(), policy, margins);
        System.arraycopy(checked, 0, found, 0, checked.length);
        answer = least(found);
        if (PolicyOutcome.isSettled(answer)) {
          throw tooLarge(question.backend(), answer);
        }
      } catch (BackendException e) {
        answer = failed(view, e);
      }
    }
    found[policy.size()] = cost;
    Decision decision = new Decision(policy, operation, cost, answer, found);
    tell(question.backend(), view, decision, enforced);
    return decision;
  }

  private long least(long[] found) {
    long least = found[0];
    for (int i = 1; i < policy.size(); i++) {
      least = Math.min(least, found[i]);
    }
    return least;
  }

  private static BackendException tooLarge(Backend asked, long margin) {
    return new BackendException(
        "backend \""
            + asked.namespace()
            + "\" must answer with margins of at most 140 years: "
            + margin);
  }

  private long failed(ConnectionView view, Throwable thrown) {
    BackendException failure = FailureHandler.failure(thrown);
    if (listener != null) {
      listener.onBackendFailure(view, failure, throttle);
    }
    return failures.answer(failure);
  }

  private Backend find(ConnectionView view) {
    Backend found = backends == null ? null : backends.apply(view);
    if (found == null) {
      found = BackendScope.innermost();
    }
    if (found == null) {
      found = view.backend();
    }
    if (found == null) {
      throw new ConfigurationException(
          "No throttle backend configured for throttle \""
              + policy.uid()
              + "\": give it one with .backend(…), give the application one through its adapter, or"
              + " enter one with backend.enter()");
    }
    return found;
  }

  private AnonymousConnectionException anonymous(ConnectionView view) {
    String remoteAddress = view.remoteAddress();
    String missing =
        remoteAddress == null
            ? "the connection has no peer address"
            : "the peer is not an address literal: \"" + remoteAddress + "\"";
    boolean byPeerAlone = identifier == null || identifier instanceof RemoteAddressIdentifier;
    return new AnonymousConnectionException(
        "throttle \""
            + policy.uid()
            + "\" must know the client, but "
            + (byPeerAlone
                ? missing + ": give it an .identifier(…) that can tell"
                : "its identifier gave null: add .or(Identifier.remoteAddress()) to it")
            + ", or choose another .onAnonymous(…)");
  }

  private void tell(
      @Nullable Backend asked, ConnectionView view, Decision decision, boolean enforced) {
    if (listener != null && decision.isOfHit()) {
      listener.onDecision(view, decision, throttle);
    }
    if (enforced && decision.denied()) {
      handlerOf(asked).onThrottled(view, decision, throttle);
    }
  }

  private ThrottledHandler handlerOf(@Nullable Backend asked) {
    if (throttledHandler != null) {
      return throttledHandler;
    }
    ThrottledHandler handler = asked == null ? null : asked.throttledHandler();
    return handler != null ? handler : ThrottledHandler.throwing();
  }
}

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
 * The path of an operation through the settings of one throttle, in the order of rule T1: switched
 * off? → unlimited? → backend → identity → exempt? → cost → key → decision → handler. Synchronous
 * and asynchronous operations differ only in the backend call.
 *
 * <p>A hit on one rate leaves no garbage. The compiler inlines {@link #decide} because it is small.
 * The decision then stays off the heap, unless the caller keeps it. {@link #evaluate} is too large
 * to be inlined. It returns a number, and writes further numbers to an array if one is not enough:
 * for several rates, and for a cost from a function.
 */
final class DecisionPath {

  /** An explicit cost of this value selects the cost that the throttle's builder was given. */
  static final long CONFIGURED_COST = Long.MIN_VALUE;

  private final Throttle throttle;
  private final QuotaPolicy policy;
  private final BooleanSupplier enabled;
  private final @Nullable Backend fixedBackend;
  private final @Nullable Function<? super ConnectionView, ? extends @Nullable Backend>
      backendFunction;
  private final @Nullable Identifier identifier;
  private final AnonymousPolicy anonymousPolicy;
  private final long fixedCost;
  private final @Nullable ToLongFunction<? super ConnectionView> costFunction;
  private final Scope scope;
  private final FailureHandler failureHandler;
  private final @Nullable ThrottledHandler throttledHandler;
  private final @Nullable ThrottleListener listener;
  private final boolean needsBackend;

  DecisionPath(Throttle throttle, QuotaPolicy policy, ThrottleBuilder settings) {
    this.throttle = throttle;
    this.policy = policy;
    this.enabled = settings.enabled;
    this.fixedBackend = settings.fixedBackend;
    this.backendFunction = settings.backendFunction;
    this.identifier = settings.identifier;
    this.anonymousPolicy = settings.anonymousPolicy;
    this.fixedCost = settings.fixedCost;
    this.costFunction = settings.costFunction;
    this.scope = settings.scope;
    this.failureHandler = new FailureHandler(policy.uid(), settings.failurePolicy);
    this.throttledHandler = settings.throttledHandler;
    this.listener = CompositeListener.of(policy.uid(), settings.listeners);
    this.needsBackend =
        fixedBackend == null
            && backendFunction == null
            && !settings.dynamicBackend
            && !policy.isUnlimited();
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
    long cost = explicitCost == CONFIGURED_COST ? fixedCost : explicitCost;
    int rates = policy.size();
    long[] margins = cost >= 0 && rates == 1 ? null : new long[rates + 1];
    long outcome = evaluate(operation, view, explicitCost, enforced, margins, null);
    return new Decision(
        policy, operation, margins == null ? cost : margins[rates], outcome, margins);
  }

  /** Enforces a hit as {@link #decide} does, and keeps its backend call for a refund. */
  Charge charge(ConnectionView view, long explicitCost) {
    CallCapture capture = new CallCapture(false);
    long[] margins = new long[policy.size() + 1];
    long outcome = evaluate(Operation.HIT, view, explicitCost, true, margins, capture);
    long cost = margins[policy.size()];
    Decision decision = new Decision(policy, Operation.HIT, cost, outcome, margins);
    return new Charge(policy, decision, capture.call, failureHandler);
  }

  CompletionStage<Charge> chargeAsync(ConnectionView view, long explicitCost) {
    CallCapture capture = new CallCapture(true);
    return Futures.handle(
        decideAsync(Operation.HIT, view, explicitCost, true, capture),
        (decision, thrown) -> {
          if (decision == null) {
            throw Futures.unchecked(thrown);
          }
          return new Charge(policy, decision, capture.call, failureHandler);
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
      CallCapture capture) {
    try {
      long[] margins = new long[policy.size() + 1];
      long outcome = evaluate(operation, view, explicitCost, enforced, margins, capture);
      long cost = margins[policy.size()];
      BackendCall call = capture.call;
      return call == null
          ? CompletableFuture.completedFuture(
              new Decision(policy, operation, cost, outcome, margins))
          : Futures.handle(
              call.execute(),
              (answer, thrown) -> complete(operation, call, view, cost, answer, thrown, enforced));
    } catch (Throwable t) {
      return CompletableFuture.failedFuture(t);
    }
  }

  /**
   * Evaluates all stages of an operation.
   *
   * @param margins receives the margins of several rates and, after them, the cost; null for one
   *     rate with a known cost
   * @param capture receives the backend call, which is executed here unless deferred; null if the
   *     caller does not need it
   * @return a margin that is negative if any rate denies, or a value of {@link PolicyOutcome}
   */
  private long evaluate(
      Operation operation,
      ConnectionView view,
      long explicitCost,
      boolean enforced,
      long @Nullable [] margins,
      @Nullable CallCapture capture) {
    Objects.requireNonNull(view, "view must not be null");
    Backend backend = null;
    long cost = 0;
    long outcome;
    if (!enabled.getAsBoolean() || policy.isUnlimited()) {
      outcome = PolicyOutcome.EXEMPT;
    } else {
      backend = fixedBackend != null ? fixedBackend : resolveBackend(view);
      Identifier resolvedIdentifier = identifier != null ? identifier : backend.identifier();
      Identity identity = null;
      String client;
      if (resolvedIdentifier == null) {
        client = RemoteAddressIdentifier.BY_SUBSCRIBER.canonicalAddress(view);
      } else {
        identity = resolvedIdentifier.identify(view);
        client = identity == null ? null : identity.value();
      }
      if (client == null && anonymousPolicy == AnonymousPolicy.THROW) {
        throw anonymousConnection(view);
      }
      if (client == null && anonymousPolicy == AnonymousPolicy.SHARED) {
        client = Identity.ANONYMOUS.value();
      }
      if (client == null) {
        outcome =
            anonymousPolicy == AnonymousPolicy.DENY
                ? PolicyOutcome.DENIED_ANONYMOUS
                : PolicyOutcome.EXEMPT;
      } else if (identity != null && identity.isExempt()) {
        outcome = PolicyOutcome.EXEMPT;
      } else {
        if (explicitCost != CONFIGURED_COST) {
          cost = explicitCost;
        } else {
          cost = costFunction == null ? fixedCost : costFunction.applyAsLong(view);
        }
        requireCost(cost);
        String scopeName = scope.of(view);
        if (scopeName == null) {
          throw new ConfigurationException(
              "the scope of throttle \""
                  + policy.uid()
                  + "\" must not be null; return \"\" to share one bucket");
        }
        // A cost above the capacity is always denied. The peek only reads the remaining tokens.
        boolean fits = cost <= policy.capacity() || operation == Operation.REFUND;
        Operation backendOperation = fits ? operation : Operation.PEEK;
        long backendCost = fits ? cost : 0;
        if (capture != null) {
          capture.call =
              new BackendCall(backend, backendOperation, policy, client, scopeName, backendCost);
        }
        if (capture != null && capture.deferred) {
          outcome = 0;
        } else {
          try {
            if (policy.size() == 1 || margins == null) {
              outcome =
                  backend.decideSingle(backendOperation, policy, client, scopeName, backendCost);
            } else {
              backend.decideInto(backendOperation, policy, client, scopeName, backendCost, margins);
              outcome = smallest(margins);
            }
            if (PolicyOutcome.isPolicyOutcome(outcome)) {
              throw marginOutOfRange(backend, outcome);
            }
          } catch (Exception e) {
            outcome = handleFailure(view, e);
          }
        }
      }
    }
    if (margins != null) {
      margins[policy.size()] = cost;
    }
    boolean complete = capture == null || !capture.deferred || capture.call == null;
    boolean mayBeDenied = outcome < 0 || cost > policy.capacity();
    if (complete && (listener != null || (enforced && mayBeDenied))) {
      // A second Decision: the one that decide creates must reach only its caller to stay off the
      // heap.
      report(backend, view, new Decision(policy, operation, cost, outcome, margins), enforced);
    }
    return outcome;
  }

  private Decision complete(
      Operation operation,
      BackendCall call,
      ConnectionView view,
      long cost,
      long @Nullable [] answer,
      @Nullable Throwable thrown,
      boolean enforced) {
    long[] margins = new long[policy.size() + 1];
    long outcome;
    if (thrown != null) {
      outcome = handleFailure(view, thrown);
    } else {
      try {
        long[] valid = BackendCall.requireMargins(call.backend(), policy, answer);
        System.arraycopy(valid, 0, margins, 0, valid.length);
        outcome = smallest(margins);
        if (PolicyOutcome.isPolicyOutcome(outcome)) {
          throw marginOutOfRange(call.backend(), outcome);
        }
      } catch (BackendException e) {
        outcome = handleFailure(view, e);
      }
    }
    margins[policy.size()] = cost;
    Decision decision = new Decision(policy, operation, cost, outcome, margins);
    report(call.backend(), view, decision, enforced);
    return decision;
  }

  private long smallest(long[] margins) {
    long smallest = margins[0];
    for (int i = 1; i < policy.size(); i++) {
      smallest = Math.min(smallest, margins[i]);
    }
    return smallest;
  }

  private static BackendException marginOutOfRange(Backend backend, long margin) {
    return new BackendException(
        "backend \""
            + backend.namespace()
            + "\" must return margins of at most 140 years: "
            + margin);
  }

  private long handleFailure(ConnectionView view, Throwable thrown) {
    BackendException failure = FailureHandler.asBackendFailure(thrown);
    if (listener != null) {
      listener.onBackendFailure(view, failure, throttle);
    }
    return failureHandler.outcomeOf(failure);
  }

  private Backend resolveBackend(ConnectionView view) {
    Backend backend = backendFunction == null ? null : backendFunction.apply(view);
    if (backend == null) {
      backend = BackendScope.innermost();
    }
    if (backend == null) {
      backend = view.backend();
    }
    if (backend == null) {
      throw new ConfigurationException(
          "No throttle backend configured for throttle \""
              + policy.uid()
              + "\": set one with .backend(…), set one for the application in its adapter, or enter"
              + " one with BackendScope.enter(…)");
    }
    return backend;
  }

  private AnonymousConnectionException anonymousConnection(ConnectionView view) {
    String remoteAddress = view.remoteAddress();
    String addressProblem =
        remoteAddress == null
            ? "the connection has no remote address"
            : "the remote address is not an address literal: \"" + remoteAddress + "\"";
    boolean onlyByAddress = identifier == null || identifier instanceof RemoteAddressIdentifier;
    return new AnonymousConnectionException(
        "No identity for a connection to throttle \""
            + policy.uid()
            + "\": "
            + (onlyByAddress
                ? addressProblem + ". Set an .identifier(…) that identifies the client"
                : "its identifier returned null. Add .or(Identifier.remoteAddress()) to it")
            + ", or choose another .onAnonymous(…).");
  }

  private void report(
      @Nullable Backend backend, ConnectionView view, Decision decision, boolean enforced) {
    if (listener != null && decision.isHit()) {
      listener.onDecision(view, decision, throttle);
    }
    if (enforced && decision.denied()) {
      resolveHandler(backend).onThrottled(view, decision, throttle);
    }
  }

  private ThrottledHandler resolveHandler(@Nullable Backend backend) {
    if (throttledHandler != null) {
      return throttledHandler;
    }
    ThrottledHandler handler = backend == null ? null : backend.throttledHandler();
    return handler != null ? handler : ThrottledHandler.throwing();
  }
}

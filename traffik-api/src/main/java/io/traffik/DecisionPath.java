package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The path of an operation through the settings of one throttle, in the order of rule T1: switched
 * off? → unlimited? → backend → identity → exempt? → cost → key → decision → handler. Synchronous
 * and asynchronous operations differ only in the backend call.
 *
 * <p>A hit on one rate leaves no garbage. The compiler inlines {@link #decide} because it is small.
 * The decision then stays off the heap, unless the caller keeps it. {@link #evaluate} must not be
 * inlined, or {@code Throttle.hit} would become too large for its caller. It is long for this
 * reason: the compiler inlines methods of up to 325 bytecodes. It returns a number, and writes
 * further numbers to an array if one is not enough: for several rates, and for a cost from a
 * function.
 */
final class DecisionPath {

  /** An explicit cost of this value selects the cost that the throttle's builder was given. */
  static final long CONFIGURED_COST = Long.MIN_VALUE;

  private final Throttle throttle;
  private final PolicySource policies;
  private final ThrottleSwitches switches;
  private final BooleanSupplier enabled;
  private final BackendResolver backends;
  private final ClientResolver clients;
  private final long fixedCost;
  private final @Nullable ToLongFunction<? super ConnectionView> costFunction;
  private final Scope scope;
  private final FailureHandler failureHandler;
  private final ThrottledHandler throttledHandler;
  private final @Nullable ThrottleListener listener;
  private final boolean needsBackend;
  private final ChargeSettings chargeSettings;
  private final Waiting waiting;
  private final UsedScopes usedScopes = new UsedScopes();

  DecisionPath(
      Throttle throttle,
      PolicySource policies,
      ThrottleSwitches switches,
      ThrottleBuilder settings) {
    String uid = policies.uid();
    this.throttle = throttle;
    this.policies = policies;
    this.switches = switches;
    this.enabled = settings.enabled;
    this.backends =
        new BackendResolver(
            uid, settings.fixedBackend, settings.backendFunction, settings.sharedBackend);
    this.clients = new ClientResolver(uid, settings.identifier, settings.anonymousPolicy);
    this.fixedCost = settings.fixedCost;
    this.costFunction = settings.costFunction;
    this.scope = settings.scope;
    this.failureHandler = new FailureHandler(uid, settings.failurePolicy, settings.clock);
    this.throttledHandler = settings.throttledHandler;
    this.listener = CompositeListener.of(uid, settings.listeners);
    this.needsBackend = backends.isMissing() && !settings.dynamicBackend;
    this.chargeSettings =
        new ChargeSettings(uid, settings.maxWait, settings.maxDebt, settings.clock, failureHandler);
    this.waiting = new Waiting(this, settings.jitter, settings.sleeper);
    HitClasses.initialize();
  }

  boolean needsBackend() {
    return needsBackend && policies.mayBeLimited();
  }

  Throttle throttle() {
    return throttle;
  }

  /** The policy of an operation, which is unlimited if the throttle is switched off. */
  QuotaPolicy policyOf(ConnectionView view) {
    Objects.requireNonNull(view, "view must not be null");
    return switches.isOff() || !enabled.getAsBoolean() ? policies.unlimited() : policies.of(view);
  }

  /** The policy of a client, even if the throttle is switched off. */
  QuotaPolicy rateOf(ConnectionView view) {
    return policies.of(view);
  }

  Backend backendOf(ConnectionView view) {
    return backends.of(view);
  }

  String clientOf(ConnectionView view) {
    return clients.resolve(view, switches);
  }

  List<String> scopes() {
    return usedScopes.list();
  }

  Waiting waiting() {
    return waiting;
  }

  ChargeSettings chargeSettings() {
    return chargeSettings;
  }

  /** An explicit cost, in place of the configured one even if it is the smallest number. */
  static long explicit(long cost) {
    return Math.max(cost, CONFIGURED_COST + 1);
  }

  private static void requireCost(long cost) {
    if (cost < 0) {
      throw new IllegalArgumentException("cost must be at least 0: " + cost);
    }
  }

  Decision decide(Operation operation, ConnectionView view, long explicitCost, boolean enforced) {
    QuotaPolicy policy = policyOf(view);
    long cost = explicitCost == CONFIGURED_COST ? fixedCost : explicitCost;
    int rates = policy.size();
    long[] margins = cost >= 0 && rates == 1 ? null : new long[rates + 1];
    boolean shadow = switches.isShadow();
    long outcome = evaluate(policy, operation, view, explicitCost, 0, enforced, margins, null);
    return new Decision(
        policy, operation, margins == null ? cost : margins[rates], 0, outcome, margins, shadow);
  }

  CompletionStage<Decision> decideAsync(
      Operation operation, ConnectionView view, long explicitCost, boolean enforced) {
    try {
      return new PendingOperation(this, operation, view, explicitCost, 0).executeAsync(enforced);
    } catch (Throwable t) {
      return CompletableFuture.failedFuture(t);
    }
  }

  /** Enforces a hit as {@link #decide} does, and keeps its backend call for later. */
  Charge charge(ConnectionView view, long explicitCost, Duration longestDelay) {
    long patience = chargeSettings.patienceNanos(longestDelay);
    return charge(view, explicitCost, patience, true, new CallCapture(false));
  }

  /** Charges the configured cost, and returns the denial that {@link #charge} would throw. */
  Admission admit(ConnectionView view) {
    CallCapture capture = new CallCapture(false);
    Charge charge = charge(view, CONFIGURED_COST, 0, false, capture);
    ConnectionThrottledException denial =
        charge.decision().denied() ? deny(view, charge.decision()) : null;
    return denial == null ? Admission.of(List.of(charge)) : Admission.denied(denial);
  }

  private Charge charge(
      ConnectionView view,
      long explicitCost,
      long patience,
      boolean enforced,
      CallCapture capture) {
    QuotaPolicy policy = policyOf(view);
    long sentAt = patience == 0 ? 0 : chargeSettings.clock().getAsLong();
    long[] margins = new long[policy.size() + 1];
    boolean shadow = switches.isShadow();
    long outcome =
        evaluate(policy, Operation.HIT, view, explicitCost, patience, enforced, margins, capture);
    long cost = margins[policy.size()];
    Decision decision =
        new Decision(policy, Operation.HIT, cost, patience, outcome, margins, shadow);
    return new Charge(decision, capture.call, chargeSettings, sentAt);
  }

  CompletionStage<Charge> chargeAsync(
      ConnectionView view, long explicitCost, Duration longestDelay) {
    try {
      long patience = chargeSettings.patienceNanos(longestDelay);
      long sentAt = chargeSettings.clock().getAsLong();
      PendingOperation hit =
          new PendingOperation(this, Operation.HIT, view, explicitCost, patience);
      return Futures.handle(
          hit.executeAsync(true),
          (decision, thrown) -> {
            if (decision == null) {
              throw Futures.unchecked(thrown);
            }
            return hit.charge(sentAt);
          });
    } catch (Throwable t) {
      return CompletableFuture.failedFuture(t);
    }
  }

  /**
   * Evaluates all stages of an operation.
   *
   * @param policy as {@link #policyOf} returned it
   * @param patience nanoseconds that a hit may wait for its tokens
   * @param margins receives the margins of several rates and, after them, the cost; null for one
   *     rate with a known cost
   * @param capture receives the call; null if the caller does not need it. If deferred, the caller
   *     executes the call, and reports the decision
   * @return the smallest margin, or a value of {@link PolicyOutcome}
   */
  long evaluate(
      QuotaPolicy policy,
      Operation operation,
      ConnectionView view,
      long explicitCost,
      long patience,
      boolean enforced,
      long @Nullable [] margins,
      @Nullable CallCapture capture) {
    if (explicitCost != CONFIGURED_COST) {
      requireCost(explicitCost);
    }
    long cost = 0;
    long outcome = PolicyOutcome.EXEMPT;
    if (!policy.isUnlimited()) {
      Backend backend = backends.of(view);
      String client = clients.resolve(view, switches);
      outcome = ClientResolver.outcomeOf(client);
      if (outcome == ClientResolver.LIMITED) {
        cost = explicitCost != CONFIGURED_COST ? explicitCost : configuredCost(view);
        String scopeName = (view instanceof IdentityView ? Scope.ALL_ROUTES : scope).of(view);
        if (scopeName == null) {
          throw new ConfigurationException(
              "The scope of throttle \""
                  + policy.uid()
                  + "\" must not be null; return \"\" to share one bucket");
        }
        usedScopes.add(scopeName);
        // A cost above the capacity is always denied. The peek only reads the remaining tokens.
        boolean fits = cost <= policy.capacity() || operation == Operation.REFUND;
        Operation backendOperation = fits ? operation : Operation.PEEK;
        long backendCost = fits ? cost : 0;
        if (patience > 0) {
          BoundCall.requireDebt(backend);
        }
        if (capture != null) {
          capture.call =
              new BoundCall(
                  backend,
                  new BackendCall(
                      backendOperation, policy, client, scopeName, backendCost, patience));
        }
        if (capture == null || !capture.deferred) {
          try {
            if (policy.size() == 1 || margins == null) {
              outcome =
                  backend.decideSingle(
                      backendOperation, policy, client, scopeName, backendCost, patience);
            } else {
              backend.decideInto(
                  backendOperation, policy, client, scopeName, backendCost, patience, margins);
              outcome = BoundCall.smallest(margins, policy);
            }
            requireMargin(backend, outcome);
          } catch (Exception | LinkageError | AssertionError e) {
            outcome = handleFailure(backend, view, e);
          }
        }
      }
    }
    if (margins != null) {
      margins[policy.size()] = cost;
    }
    boolean complete = capture == null || !capture.deferred;
    boolean mayBeDenied = outcome < 0 || cost > policy.capacity();
    if (complete && (listener != null || (enforced && mayBeDenied))) {
      // A second Decision: the one that decide creates must reach only its caller to stay off the
      // heap.
      report(
          view,
          new Decision(policy, operation, cost, patience, outcome, margins, switches.isShadow()),
          enforced);
    }
    return outcome;
  }

  private long configuredCost(ConnectionView view) {
    long cost = costFunction == null ? fixedCost : costFunction.applyAsLong(view);
    requireCost(cost);
    return cost;
  }

  /** Returns the smallest margin of a backend's answer, or the outcome of its failure. */
  long outcomeOf(
      BoundCall call, ConnectionView view, long @Nullable [] answer, @Nullable Throwable thrown) {
    Backend backend = call.backend();
    if (answer == null) {
      return handleFailure(backend, view, Futures.orUnknown(thrown));
    }
    try {
      return requireMargin(backend, BoundCall.smallest(answer, call.call().policy()));
    } catch (BackendException e) {
      return handleFailure(backend, view, e);
    }
  }

  private long requireMargin(Backend backend, long margin) {
    if (PolicyOutcome.isPolicyOutcome(margin)) {
      throw new BackendException(
          "Backend \""
              + backend.namespace()
              + "\" must return margins of at most 140 years: "
              + margin);
    }
    if (BackendHealth.isAnyRecorded()) {
      failureHandler.onSuccess(backend);
    }
    return margin;
  }

  private long handleFailure(Backend backend, ConnectionView view, Throwable thrown) {
    if (BackendException.unwrap(thrown) instanceof OverloadException overload) {
      return failureHandler.outcomeOf(backend, overload);
    }
    BackendException failure = FailureHandler.asBackendFailure(thrown);
    if (listener != null) {
      listener.onBackendFailure(view, failure, throttle);
    }
    return failureHandler.outcomeOf(backend, failure, switches.isShadow());
  }

  boolean isShadow() {
    return switches.isShadow();
  }

  void report(ConnectionView view, Decision decision, boolean enforced) {
    if (listener != null && decision.isHit()) {
      listener.onDecision(view, decision, throttle);
    }
    if (enforced && decision.denied()) {
      throttledHandler.onThrottled(view, decision, throttle);
    }
  }

  /** Handles a denial as {@link ThrowingHandler#deny}. */
  @Nullable ConnectionThrottledException deny(ConnectionView view, Decision denial) {
    return ThrowingHandler.deny(throttledHandler, view, denial, throttle);
  }
}

package io.traffik;

import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Turns connections into questions by the choices of one throttle, in the order of rule T1:
 * switched off? → unlimited? → backend → identity → exempt? → cost → key.
 */
final class Questions {

  /** Stands for the cost that the throttle's own function gives. */
  static final long COST_OF_VIEW = Long.MIN_VALUE;

  private final QuotaPolicy policy;
  private final BooleanSupplier enabled;
  private final @Nullable Backend backend;
  private final @Nullable Function<? super ConnectionView, ? extends @Nullable Backend> backends;
  private final @Nullable Identifier identifier;
  private final AnonymousPolicy anonymousPolicy;
  private final ToLongFunction<? super ConnectionView> costs;
  private final Scope scope;

  Questions(QuotaPolicy policy, ThrottleBuilder choices) {
    this.policy = policy;
    this.enabled = choices.enabled;
    this.backend = choices.backend;
    this.backends = choices.backends;
    this.identifier = choices.identifier;
    this.anonymousPolicy = choices.anonymousPolicy;
    this.costs = choices.costs;
    this.scope = choices.scope;
  }

  Question about(Operation operation, ConnectionView view, long explicitCost) {
    if (!enabled.getAsBoolean() || policy.isUnlimited()) {
      return Question.settled(Outcome.EXEMPT, operation, null);
    }
    Backend found = backend != null ? backend : find(view);
    Identity identity = identify(view, found);
    if (identity == null) {
      return Question.settled(Outcome.REFUSED_ANONYMOUS, operation, found);
    }
    if (identity.isExempt()) {
      return Question.settled(Outcome.EXEMPT, operation, found);
    }
    long cost = explicitCost == COST_OF_VIEW ? costs.applyAsLong(view) : explicitCost;
    requireCost(cost);
    boolean fits = cost <= policy.capacity() || operation == Operation.REFUND;
    return new Question(
        fits ? Outcome.ANSWERED : Outcome.IMPOSSIBLE,
        operation,
        found,
        identity.value(),
        scopeOf(view),
        cost);
  }

  static void requireCost(long cost) {
    if (cost < 0) {
      throw new IllegalArgumentException("cost must be at least 0: " + cost);
    }
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
              + "\": give it one with .backend(…), enter one with backend.enter(), or let the"
              + " connection view bring the application's");
    }
    return found;
  }

  /** Who asks; null if nobody can tell and the policy denies such. */
  private @Nullable Identity identify(ConnectionView view, Backend found) {
    Identifier chosen = identifier != null ? identifier : found.identifier();
    // Asking the library's own by its class lets the compiler see that its identity goes nowhere.
    Identity identity =
        chosen == null ? PeerIdentifier.BY_SUBSCRIBER.identify(view) : chosen.identify(view);
    return identity != null ? identity : anonymous(view);
  }

  private @Nullable Identity anonymous(ConnectionView view) {
    return switch (anonymousPolicy) {
      case DENY -> null;
      case SHARED -> Identity.ANONYMOUS;
      case EXEMPT -> Identity.EXEMPT;
      case RAISE ->
          throw new AnonymousConnectionException(
              "throttle \""
                  + policy.uid()
                  + "\" must know the client, but its identifier gave null and "
                  + (view.peer() == null
                      ? "the connection has no peer address"
                      : "the peer is not named by it")
                  + ": add .or(Identifier.peer()) to the identifier, or choose another"
                  + " .onAnonymous(…)");
    };
  }

  private String scopeOf(ConnectionView view) {
    String name = scope.of(view);
    if (name == null) {
      throw new ConfigurationException(
          "the scope of throttle \"" + policy.uid() + "\" must not be null; \"\" is one for all");
    }
    return name;
  }
}

package io.traffik;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The builder of a {@link Throttle}. Only a rate is required; all other settings have a default.
 *
 * <p>A builder is not safe for several threads; the throttles that it builds are. No parameter may
 * be null. A throttle calls the functions given here at most once per operation, from any number of
 * threads at once. Their exceptions reach the caller of the throttle, except those of listeners.
 */
public final class ThrottleBuilder {

  private final String uid;
  private final @Nullable ThrottleRegistry registry;
  private final List<Rate> rates = new ArrayList<>();
  private @Nullable Function<? super ConnectionView, @Nullable Rates> ratesFunction;

  boolean dynamicBackend;
  BooleanSupplier enabled = () -> true;
  @Nullable Backend sharedBackend;
  @Nullable Backend fixedBackend;
  @Nullable Function<? super ConnectionView, ? extends @Nullable Backend> backendFunction;
  @Nullable Identifier identifier;
  AnonymousPolicy anonymousPolicy = AnonymousPolicy.THROW;

  /** Negative if {@link #costFunction} is set. */
  long fixedCost = 1;

  @Nullable ToLongFunction<? super ConnectionView> costFunction;
  Scope scope = ScopeNames::byDefault;
  FailurePolicy failurePolicy = FailurePolicy.ALLOW;
  ThrottledHandler throttledHandler = ThrottledHandler.throwing();
  final List<ThrottleListener> listeners = new ArrayList<>();
  Duration maxWait = Duration.ZERO;
  long maxDebt = Long.MAX_VALUE;
  LongSupplier clock = System::nanoTime;
  Duration jitter = Duration.ZERO;
  Waiting.Sleeper sleeper = Waiting.Sleeper.SYSTEM;

  ThrottleBuilder(String uid, @Nullable ThrottleRegistry registry) {
    this.uid = Objects.requireNonNull(uid, "uid must not be null");
    this.registry = registry;
  }

  /**
   * Adds a rate. All rates of a throttle are decided together: if one denies a hit, none is
   * charged.
   *
   * <p>The position of a rate is part of its buckets' keys. Append new rates at the end. A rate
   * that moves to another position takes over the buckets of the rate that was there.
   *
   * @param rate the rate
   * @return this builder
   */
  public ThrottleBuilder rate(Rate rate) {
    rates.add(Objects.requireNonNull(rate, "rate must not be null"));
    return this;
  }

  /**
   * Adds a rate in text form.
   *
   * @param rate a text for {@link Rate#parse}, such as {@code 100/min}, {@code 10/30s} or {@code
   *     100/min (capacity 20)}
   * @return this builder
   * @throws ConfigurationException if the text is not a rate
   */
  public ThrottleBuilder rate(String rate) {
    return rate(Rate.parse(Objects.requireNonNull(rate, "rate must not be null")));
  }

  /**
   * Adds a rate of a limit per period.
   *
   * @param limit the tokens per period, at least 1
   * @param period the period, above zero
   * @return this builder
   * @throws ConfigurationException as {@link Rate#of}
   */
  public ThrottleBuilder rate(long limit, Duration period) {
    return rate(Rate.of(limit, period));
  }

  /**
   * Chooses the rates of each hit, for example those of the client's plan. State is kept when the
   * rates of a client change: what is missing stays missing, and refills at the new speed.
   *
   * <pre>{@code
   * .rate("100/h").rates(view -> planOf(view).isPremium() ? PREMIUM : null)
   * }</pre>
   *
   * <p>Choose from a bounded number of different rates: backends and this throttle keep something
   * for each.
   *
   * @param rates called once per operation, unless the throttle is switched off. If it returns
   *     null, the rates of {@link #rate(Rate) rate} apply; without any, the operation fails with a
   *     {@link ConfigurationException}
   * @return this builder
   */
  public ThrottleBuilder rates(Function<? super ConnectionView, @Nullable Rates> rates) {
    this.ratesFunction = Objects.requireNonNull(rates, "rates must not be null");
    return this;
  }

  /**
   * Sets a fixed cost of every hit. The default is 1.
   *
   * @param cost the number of tokens, from 0 to the smallest capacity
   * @return this builder
   */
  public ThrottleBuilder cost(long cost) {
    fixedCost = cost;
    costFunction = null;
    return this;
  }

  /**
   * Sets a cost that depends on the connection. A hit that costs more than the capacity of a rate
   * is always denied. A negative cost is an {@link IllegalArgumentException} on the hit.
   *
   * @param cost returns the number of tokens, at least 0
   * @return this builder
   */
  public ThrottleBuilder cost(ToLongFunction<? super ConnectionView> cost) {
    fixedCost = -1;
    costFunction = Objects.requireNonNull(cost, "cost must not be null");
    return this;
  }

  /**
   * Sets the identifier of clients. The default is the registry's identifier, or {@link
   * Identifier#remoteAddress()} if it has none.
   *
   * @param identifier the identifier
   * @return this builder
   */
  public ThrottleBuilder identifier(Identifier identifier) {
    this.identifier = Objects.requireNonNull(identifier, "identifier must not be null");
    return this;
  }

  /**
   * Sets which connections of a client share a bucket. The default is {@link
   * Scope#METHOD_AND_ROUTE} for HTTP and {@link Scope#ROUTE_AND_CONTEXT} for WebSockets.
   *
   * @param scope the scope
   * @return this builder
   */
  public ThrottleBuilder scope(Scope scope) {
    this.scope = Objects.requireNonNull(scope, "scope must not be null");
    return this;
  }

  /**
   * Sets a fixed backend. By default, every hit uses the backend of the innermost {@link
   * BackendScope}. If there is no such scope, it uses the connection's backend, and after that the
   * registry's.
   *
   * @param backend the backend
   * @return this builder
   */
  public ThrottleBuilder backend(Backend backend) {
    this.fixedBackend = Objects.requireNonNull(backend, "backend must not be null");
    this.backendFunction = null;
    return this;
  }

  /**
   * Sets a backend that depends on the connection, for example one per tenant. If the function
   * returns null, the default applies.
   *
   * @param backend returns the backend, or null
   * @return this builder
   */
  public ThrottleBuilder backend(
      Function<? super ConnectionView, ? extends @Nullable Backend> backend) {
    this.backendFunction = Objects.requireNonNull(backend, "backend must not be null");
    this.fixedBackend = null;
    return this;
  }

  /**
   * Declares that the backend may differ from hit to hit. Building a throttle with a fixed backend
   * then fails, since all tenants would share it. Adapters do not warn at server start that this
   * throttle has no backend.
   *
   * @return this builder
   */
  public ThrottleBuilder dynamicBackend() {
    dynamicBackend = true;
    return this;
  }

  /**
   * Sets the condition under which the throttle is switched on. The default is always.
   *
   * @param enabled evaluated on every hit; if false, the hit passes uncounted
   * @return this builder
   */
  public ThrottleBuilder enabled(BooleanSupplier enabled) {
    this.enabled = Objects.requireNonNull(enabled, "enabled must not be null");
    return this;
  }

  /**
   * Sets the handler that {@link Throttle#enforce}, {@link Throttle#charge}, {@link
   * Throttle#acquire} and {@link Throttle#reserve} call on a denial. The default is the registry's
   * handler, or {@link ThrottledHandler#throwing()} if it has none.
   *
   * @param handler called on a denial; <strong>if it returns, the connection proceeds</strong>
   * @return this builder
   */
  public ThrottleBuilder onThrottled(ThrottledHandler handler) {
    this.throttledHandler = Objects.requireNonNull(handler, "handler must not be null");
    return this;
  }

  /**
   * Sets the reaction to a backend failure. The default is the registry's, which is {@link
   * FailurePolicy#ALLOW} by default.
   *
   * @param policy the failure policy
   * @return this builder
   */
  public ThrottleBuilder onBackendFailure(FailurePolicy policy) {
    this.failurePolicy = Objects.requireNonNull(policy, "policy must not be null");
    return this;
  }

  /**
   * Sets the reaction to a client without identity. The default is {@link AnonymousPolicy#THROW}.
   *
   * @param policy the anonymous policy
   * @return this builder
   */
  public ThrottleBuilder onAnonymous(AnonymousPolicy policy) {
    this.anonymousPolicy = Objects.requireNonNull(policy, "policy must not be null");
    return this;
  }

  /**
   * Adds a listener for decisions about hits and for backend failures. Listeners are called in the
   * order in which they were added, after those of the registry.
   *
   * @param listener the listener
   * @return this builder
   */
  public ThrottleBuilder listener(ThrottleListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener must not be null"));
    return this;
  }

  /**
   * Sets the longest time that a hit may wait for its tokens, for {@link Throttle#acquire} and
   * {@link Throttle#reserve}. Zero by default: hits are granted at once or denied.
   *
   * @param maxWait not negative; together with the time to fill a bucket at most 140 years
   * @return this builder
   */
  public ThrottleBuilder maxWait(Duration maxWait) {
    this.maxWait = Objects.requireNonNull(maxWait, "maxWait must not be null");
    return this;
  }

  /**
   * Sets the longest random time by which {@link Throttle#acquire} lengthens a wait, within its
   * patience, so that clients do not proceed at the same instant. Zero by default.
   *
   * @param jitter not negative
   * @return this builder
   * @throws ConfigurationException if it is negative
   */
  public ThrottleBuilder jitter(Duration jitter) {
    if (jitter.isNegative()) {
      throw new ConfigurationException(
          "jitter of throttle \"" + uid + "\" must not be negative: " + jitter);
    }
    this.jitter = jitter;
    return this;
  }

  /**
   * Sets the largest debt beyond the capacity that a settlement may leave. By default, a bucket
   * owes up to what refills in 140 years.
   *
   * @param tokens the number of tokens, at least 0
   * @return this builder
   */
  public ThrottleBuilder maxDebt(long tokens) {
    this.maxDebt = tokens;
    return this;
  }

  /**
   * Sets the clock that measures how much of a promised wait has passed, for tests. {@link
   * System#nanoTime()} by default.
   *
   * @param nanoClock nanoseconds since any fixed instant, safe for any number of threads
   * @return this builder
   */
  public ThrottleBuilder clock(LongSupplier nanoClock) {
    this.clock = Objects.requireNonNull(nanoClock, "clock must not be null");
    return this;
  }

  /**
   * Builds the throttle.
   *
   * @return the throttle
   * @throws ConfigurationException if the uid is blank, or another throttle of the registry has it;
   *     if the rates are not valid together, the fixed cost is out of range, or a dynamic throttle
   *     has a fixed backend
   */
  public Throttle build() {
    if (dynamicBackend && fixedBackend != null) {
      throw new ConfigurationException(
          "Throttle \""
              + uid
              + "\" must not combine a dynamic and a fixed backend: \""
              + fixedBackend.namespace()
              + "\"; remove .dynamicBackend() or .backend(…)");
    }
    if (costFunction == null && fixedCost < 0) {
      throw new ConfigurationException(
          "cost of throttle \"" + uid + "\" must be at least 0: " + fixedCost);
    }
    if (maxDebt < 0) {
      throw new ConfigurationException(
          "maxDebt of throttle \"" + uid + "\" must be at least 0: " + maxDebt);
    }
    if (maxWait.isNegative()) {
      throw new ConfigurationException(
          "maxWait of throttle \"" + uid + "\" must not be negative: " + maxWait);
    }
    PolicyLimits limits = new PolicyLimits(uid, fixedCost, maxWait);
    Throttle throttle =
        new Throttle(uid, new PolicySource(uid, rates, ratesFunction, limits), this);
    return registry == null ? throttle : registry.add(throttle);
  }
}

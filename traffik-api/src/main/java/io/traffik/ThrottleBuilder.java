package io.traffik;

import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the choices of a {@link Throttle}. Only a rate is needed; everything else has a default.
 *
 * <p>Not safe for several threads at once; the throttles that it builds are. All parameters must
 * not be null. Functions that are given here are called once per hit, peek or refund, possibly by
 * many threads at once; what they throw reaches the caller of the throttle.
 */
public final class ThrottleBuilder {

  private final String uid;
  private final List<Rate> rates = new ArrayList<>();

  boolean dynamicBackend;
  BooleanSupplier enabled = () -> true;
  @Nullable Backend backend;
  @Nullable Function<? super ConnectionView, ? extends @Nullable Backend> backends;
  @Nullable Identifier identifier;
  AnonymousPolicy anonymousPolicy = AnonymousPolicy.THROW;

  /** Below zero if {@link #costs} tells. */
  long fixedCost = 1;

  @Nullable ToLongFunction<? super ConnectionView> costs;
  Scope scope = ScopeNames::byKind;
  FailurePolicy failurePolicy = FailurePolicy.ALLOW;
  @Nullable ThrottledHandler throttledHandler;
  final List<ThrottleListener> listeners = new ArrayList<>();

  ThrottleBuilder(String uid) {
    this.uid = Objects.requireNonNull(uid, "uid must not be null");
  }

  /**
   * Adds a rate. All rates of a throttle are decided together: a hit that one denies is charged to
   * none.
   *
   * <p>The place of a rate is part of its buckets' keys. So a rate that is given in another place
   * than before, by a release on a store that lives on, takes over the buckets of the rate that
   * stood there; append new rates at the end.
   *
   * @param rate the rate
   * @return this builder
   */
  public ThrottleBuilder rate(Rate rate) {
    rates.add(Objects.requireNonNull(rate, "rate must not be null"));
    return this;
  }

  /**
   * Adds a rate by its text.
   *
   * @param rate as {@link Rate#parse} reads it: {@code 100/min}, {@code 10/30s}, {@code 100/min
   *     (capacity 20)}
   * @return this builder
   * @throws ConfigurationException if the text is not a rate
   */
  public ThrottleBuilder rate(String rate) {
    return rate(Rate.parse(Objects.requireNonNull(rate, "rate must not be null")));
  }

  /**
   * Adds a rate by its parts.
   *
   * @param limit tokens per period, at least 1
   * @param period above zero
   * @return this builder
   * @throws ConfigurationException as {@link Rate#of}
   */
  public ThrottleBuilder rate(long limit, Duration period) {
    return rate(Rate.of(limit, period));
  }

  /**
   * What every hit costs, 1 unless told.
   *
   * @param cost tokens, from 0 to the smallest capacity
   * @return this builder
   */
  public ThrottleBuilder cost(long cost) {
    fixedCost = cost;
    costs = null;
    return this;
  }

  /**
   * What a hit costs, by its connection. A cost above the capacity of a rate is denied for good; a
   * negative one is an {@link IllegalArgumentException} on the hit.
   *
   * @param cost gives tokens, at least 0
   * @return this builder
   */
  public ThrottleBuilder cost(ToLongFunction<? super ConnectionView> cost) {
    fixedCost = -1;
    costs = Objects.requireNonNull(cost, "cost must not be null");
    return this;
  }

  /**
   * Who a client is. Unless told, the backend's identifier is asked, else {@link
   * Identifier#remoteAddress()}.
   *
   * @param identifier names the client
   * @return this builder
   */
  public ThrottleBuilder identifier(Identifier identifier) {
    this.identifier = Objects.requireNonNull(identifier, "identifier must not be null");
    return this;
  }

  /**
   * Which connections share a bucket. Unless told, {@link Scope#METHOD_AND_ROUTE} for HTTP and
   * {@link Scope#ROUTE_AND_CONTEXT} for WebSocket.
   *
   * @param scope names the bucket
   * @return this builder
   */
  public ThrottleBuilder scope(Scope scope) {
    this.scope = Objects.requireNonNull(scope, "scope must not be null");
    return this;
  }

  /**
   * The backend to ask. Unless told, it is that of the innermost {@link BackendScope}, else the
   * connection's; it is looked up with every hit.
   *
   * @param backend the backend
   * @return this builder
   */
  public ThrottleBuilder backend(Backend backend) {
    this.backend = Objects.requireNonNull(backend, "backend must not be null");
    this.backends = null;
    return this;
  }

  /**
   * The backend to ask, by the connection: each tenant's own, say. Called with every hit; where it
   * gives null, the backend is looked up as if it had not been told.
   *
   * @param backends gives the backend, or null
   * @return this builder
   */
  public ThrottleBuilder backend(
      Function<? super ConnectionView, ? extends @Nullable Backend> backends) {
    this.backends = Objects.requireNonNull(backends, "backend must not be null");
    this.backend = null;
    return this;
  }

  /**
   * States that the backend is to vary with every hit, by scope, connection or function. A throttle
   * with one explicit backend then fails to build, rather than send all tenants there; and no
   * adapter warns at its start that this throttle has none yet.
   *
   * @return this builder
   */
  public ThrottleBuilder dynamicBackend() {
    dynamicBackend = true;
    return this;
  }

  /**
   * Switches the throttle off while a condition does not hold.
   *
   * @param enabled asked with every hit; if false, the hit passes uncounted
   * @return this builder
   */
  public ThrottleBuilder enabled(BooleanSupplier enabled) {
    this.enabled = Objects.requireNonNull(enabled, "enabled must not be null");
    return this;
  }

  /**
   * What {@link Throttle#enforce} does with a denial. Unless told, the backend's handler is called,
   * else {@link ThrottledHandler#throwing()}.
   *
   * @param handler called on a denial; <strong>if it returns, the connection proceeds</strong>
   * @return this builder
   */
  public ThrottleBuilder onThrottled(ThrottledHandler handler) {
    this.throttledHandler = Objects.requireNonNull(handler, "handler must not be null");
    return this;
  }

  /**
   * What happens when the backend fails; {@link FailurePolicy#ALLOW} unless told.
   *
   * @param policy the choice
   * @return this builder
   */
  public ThrottleBuilder onBackendFailure(FailurePolicy policy) {
    this.failurePolicy = Objects.requireNonNull(policy, "policy must not be null");
    return this;
  }

  /**
   * What happens when nobody can tell who the client is; {@link AnonymousPolicy#THROW} unless told.
   *
   * @param policy the choice
   * @return this builder
   */
  public ThrottleBuilder onAnonymous(AnonymousPolicy policy) {
    this.anonymousPolicy = Objects.requireNonNull(policy, "policy must not be null");
    return this;
  }

  /**
   * Adds a listener, which hears how hits are decided, and every failure of the backend. All that
   * were added are told, in this order.
   *
   * @param listener the listener
   * @return this builder
   */
  public ThrottleBuilder listener(ThrottleListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener must not be null"));
    return this;
  }

  /**
   * Builds the throttle.
   *
   * @return the throttle
   * @throws ConfigurationException if the uid is blank, there is no rate, unlimited and other rates
   *     are mixed, the fixed cost is negative or above the smallest capacity, or a dynamic throttle
   *     has an explicit backend
   */
  public Throttle build() {
    QuotaPolicy policy = QuotaPolicy.of(uid, rates);
    if (dynamicBackend && backend != null) {
      throw new ConfigurationException(
          "throttle \""
              + uid
              + "\" must not be dynamic and have an explicit backend: \""
              + backend.namespace()
              + "\"; remove .dynamicBackend() or .backend(…)");
    }
    if (costs == null && fixedCost < 0) {
      throw new ConfigurationException(
          "cost of throttle \"" + uid + "\" must be at least 0: " + fixedCost);
    }
    if (fixedCost > policy.capacity()) {
      throw new ConfigurationException(
          "cost of throttle \""
              + uid
              + "\" must be at most the smallest capacity, "
              + policy.capacity()
              + ", or no hit could ever pass: "
              + fixedCost);
    }
    return new Throttle(policy, this);
  }
}

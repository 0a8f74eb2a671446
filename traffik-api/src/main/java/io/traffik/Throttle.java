package io.traffik;

import io.traffik.ThrottleSwitches.Owner;
import java.time.Duration;
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
 * <p>Every operation accepts an explicit cost in place of the throttle's own. Asynchronous forms
 * neither block nor throw: an exception fails the stage.
 *
 * <p>Rates and switches may change at any time. All other settings are fixed. Safe for any number
 * of threads, including virtual ones. It takes no lock; a backend may. No parameter may be null.
 */
public final class Throttle extends ThrottleOperations {

  private final String uid;

  Throttle(String uid, PolicySource policies, ThrottleBuilder settings) {
    super(policies, settings);
    this.uid = uid;
  }

  /**
   * {@return a builder of a throttle}
   *
   * @param uid the name of the throttle, not blank. It is part of every key, so give each throttle
   *     its own: throttles with the same uid share their buckets in a backend
   */
  public static ThrottleBuilder builder(String uid) {
    return new ThrottleBuilder(uid, null);
  }

  @Override
  Throttle self() {
    return this;
  }

  /** {@return the name of this throttle, not blank} */
  public String uid() {
    return uid;
  }

  /**
   * {@return the rates of this throttle, in order; unmodifiable} Empty if only {@link
   * ThrottleBuilder#rates a function} chooses rates.
   */
  public List<Rate> rates() {
    return policies.rates();
  }

  /**
   * Changes the rates of this throttle at runtime. What a client's bucket lacks stays lacking, and
   * refills at the new speed. A rate keeps its buckets by its position: append new rates at the
   * end. Hits of clients for which {@link ThrottleBuilder#rates a function} chooses other rates are
   * not affected.
   *
   * @param rates the new rates
   * @throws ConfigurationException if the throttle's fixed cost or maxWait does not fit them; the
   *     rates are then as before
   */
  public void setRates(Rates rates) {
    policies.change(rates.list());
  }

  /**
   * As {@link #setRates(Rates)}, in text form.
   *
   * @param rates texts for {@link Rate#parse}, such as {@code 200/min}; at least one
   * @throws ConfigurationException if a text is not a rate, or as {@link #setRates(Rates)}
   */
  public void setRates(String... rates) {
    setRates(Rates.of(rates));
  }

  /**
   * Switches this throttle on or off at runtime. While it is off, every hit passes uncounted.
   *
   * @param enabled false to switch it off. It is also off while its registry is, and while {@link
   *     ThrottleBuilder#enabled} says so
   */
  public void setEnabled(boolean enabled) {
    switches.enable(Owner.THROTTLE, enabled);
  }

  /**
   * Puts this throttle in shadow at runtime, or takes it out. In shadow, it decides, counts and
   * reports to its listeners, but lets every hit pass and tells clients nothing. Use it to try new
   * rates. Listeners recognise the denials that were not applied by {@link Decision#shadowed()}.
   *
   * @param shadow true for shadow. It is also in shadow while its registry is
   */
  public void setShadow(boolean shadow) {
    switches.shadow(Owner.THROTTLE, shadow);
  }

  /** {@return whether this throttle is in shadow, by its own switch or that of its registry} */
  public boolean isShadow() {
    return switches.isShadow();
  }

  /**
   * {@return whether this throttle is switched on, by its own switch and that of its registry} The
   * condition of {@link ThrottleBuilder#enabled} is not evaluated.
   */
  public boolean isEnabled() {
    return !switches.isOff();
  }

  /**
   * Whether this throttle depends on the backend of a {@link BackendScope} or of the connection.
   * Adapters use it to warn at server start if the application has no backend.
   *
   * @return true if neither the builder nor a registry has a backend or a function for it, unless
   *     it has {@link ThrottleBuilder#dynamicBackend()}; false for an unlimited throttle
   */
  public boolean needsBackend() {
    return path.needsBackend();
  }

  /**
   * The buckets of one client, to inspect, refill or empty them.
   *
   * @param identity the client
   * @return its buckets in every scope that this throttle has used in this process
   */
  public ClientBuckets client(Identity identity) {
    return new ClientBuckets(path, ConnectionView.of(identity), path.scopes());
  }

  /**
   * As {@link #enforce(ConnectionView)}, with a result that can be refunded. An adapter with
   * several throttles needs it, for example, to undo earlier charges after a denial.
   *
   * @param view the connection
   * @return the charge
   * @throws ConnectionThrottledException on a denial, unless another handler was chosen
   */
  public Charge charge(ConnectionView view) {
    return path.charge(view, DecisionPath.CONFIGURED_COST, Duration.ZERO);
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
    return path.charge(view, DecisionPath.explicit(cost), Duration.ZERO);
  }

  /**
   * As {@link #charge(ConnectionView)}, without blocking or throwing.
   *
   * @param view the connection; a listener or handler may read it after this method returns
   * @return a stage with the charge, or failed with the exception of {@code charge}
   */
  public CompletionStage<Charge> chargeAsync(ConnectionView view) {
    return path.chargeAsync(view, DecisionPath.CONFIGURED_COST, Duration.ZERO);
  }

  /**
   * As {@link #charge(ConnectionView, long)}, without blocking or throwing.
   *
   * @param view the connection; a listener or handler may read it after this method returns
   * @param cost the number of tokens, at least 0
   * @return a stage with the charge, or failed with the exception of {@code charge}
   */
  public CompletionStage<Charge> chargeAsync(ConnectionView view, long cost) {
    return path.chargeAsync(view, DecisionPath.explicit(cost), Duration.ZERO);
  }

  /**
   * As {@link #charge(ConnectionView, long)}, but the hit may take tokens that refill within its
   * patience. The caller must wait for {@link Decision#delay()} before the work; if it gives up,
   * {@link Charge#refund()} cancels the hit. Waiting hits proceed in the order of their calls.
   *
   * @param view the connection
   * @param cost the number of tokens, at least 0
   * @param patience the longest acceptable delay, from zero to {@link ThrottleBuilder#maxWait}
   * @return the charge
   * @throws ConnectionThrottledException if the delay would exceed the patience, unless another
   *     handler was chosen
   * @throws IllegalArgumentException if the cost or the patience is out of range
   * @throws ConfigurationException if the backend does not {@link Backend#supportsDebt() support
   *     debt}
   */
  public Charge reserve(ConnectionView view, long cost, Duration patience) {
    return path.charge(view, DecisionPath.explicit(cost), patience);
  }

  /**
   * As {@link #reserve}, without blocking or throwing.
   *
   * @param view the connection; a listener or handler may read it after this method returns
   * @param cost the number of tokens, at least 0
   * @param patience the longest acceptable delay, from zero to {@link ThrottleBuilder#maxWait}
   * @return a stage with the charge, or failed with the exception of {@code reserve}
   */
  public CompletionStage<Charge> reserveAsync(ConnectionView view, long cost, Duration patience) {
    return path.chargeAsync(view, DecisionPath.explicit(cost), patience);
  }

  /**
   * Takes the configured cost, and waits until the tokens are there. It is one call of the backend,
   * however long it waits. Waiting hits proceed in the order in which the backend decides them.
   *
   * <p>If the thread is interrupted, the hit is cancelled. Its tokens return unless a later hit
   * waits for its own.
   *
   * @param view the connection
   * @param patience the longest acceptable wait, from zero to {@link ThrottleBuilder#maxWait}
   * @return the charge, once the work may begin
   * @throws InterruptedException if the thread is interrupted before the tokens are there
   * @throws ConnectionThrottledException if the wait would exceed the patience, unless another
   *     handler was chosen. Nothing is taken, and this method does not wait
   * @throws IllegalArgumentException if the patience is out of range
   */
  public Charge acquire(ConnectionView view, Duration patience) throws InterruptedException {
    return path.waiting().acquire(view, DecisionPath.CONFIGURED_COST, patience);
  }

  /**
   * As {@link #acquire(ConnectionView, Duration)}, with an explicit cost.
   *
   * @param view the connection
   * @param cost the number of tokens, at least 0
   * @param patience the longest acceptable wait
   * @return the charge, once the work may begin
   * @throws InterruptedException if the thread is interrupted before the tokens are there
   */
  public Charge acquire(ConnectionView view, long cost, Duration patience)
      throws InterruptedException {
    return path.waiting().acquire(view, DecisionPath.explicit(cost), patience);
  }

  /**
   * As {@link #acquire(ConnectionView, Duration)}, for a client without a connection.
   *
   * @param identity the client
   * @param patience the longest acceptable wait
   * @return the charge, once the work may begin
   * @throws InterruptedException if the thread is interrupted before the tokens are there
   */
  public Charge acquire(Identity identity, Duration patience) throws InterruptedException {
    return acquire(ConnectionView.of(identity), patience);
  }

  /**
   * As {@link #acquire(ConnectionView, Duration)}, without blocking or throwing. No thread waits.
   * Cancelling the future cancels the hit.
   *
   * @param view the connection; a listener or handler may read it after this method returns
   * @param patience the longest acceptable wait
   * @return a future of the charge, which completes once the work may begin; after a wait on a
   *     thread of the common pool. It fails with the exception of {@code acquire}
   */
  public CompletableFuture<Charge> acquireAsync(ConnectionView view, Duration patience) {
    return path.waiting().acquireAsync(view, DecisionPath.CONFIGURED_COST, patience);
  }

  /**
   * As {@link #acquireAsync(ConnectionView, Duration)}, with an explicit cost.
   *
   * @param view the connection; a listener or handler may read it after this method returns
   * @param cost the number of tokens, at least 0
   * @param patience the longest acceptable wait
   * @return a future of the charge
   */
  public CompletableFuture<Charge> acquireAsync(ConnectionView view, long cost, Duration patience) {
    return path.waiting().acquireAsync(view, DecisionPath.explicit(cost), patience);
  }

  /**
   * As {@link #acquireAsync(ConnectionView, Duration)}, for a client without a connection.
   *
   * @param identity the client
   * @param patience the longest acceptable wait
   * @return a future of the charge
   */
  public CompletableFuture<Charge> acquireAsync(Identity identity, Duration patience) {
    return acquireAsync(ConnectionView.of(identity), patience);
  }

  @Override
  public String toString() {
    return uid + rates();
  }
}

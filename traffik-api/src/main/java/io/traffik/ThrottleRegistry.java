package io.traffik;

import io.traffik.ThrottleSwitches.Owner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The throttles of an application by name, and what they share: backend, identifier, throttled
 * handler, failure policy and listeners. A throttle's own setting takes precedence.
 *
 * <pre>{@code
 * ThrottleRegistry throttles = ThrottleRegistry.builder().backend(backend).build();
 * Throttle api = throttles.throttle("api").rate("100/min").build();
 * throttles.get("api").setRates("200/min");
 * throttles.setShadow(true);
 * }</pre>
 *
 * <p>A hit uses the backend of its throttle, otherwise that of the innermost {@link BackendScope},
 * otherwise that of the connection's application, otherwise that of this registry. Adapters accept
 * a registry in place of a backend, and open and close its backend.
 *
 * <p>Safe for any number of threads. A throttle of the registry stays in it.
 */
public final class ThrottleRegistry {

  private final @Nullable Backend backend;
  private final @Nullable Identifier identifier;
  private final ThrottledHandler throttledHandler;
  private final FailurePolicy failurePolicy;
  private final List<ThrottleListener> listeners;

  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final Map<String, Throttle> byUid = new TreeMap<>();
  private boolean enabled = true;
  private boolean shadow;

  private ThrottleRegistry(Builder settings) {
    this.backend = settings.backend;
    this.identifier = settings.identifier;
    this.throttledHandler = settings.throttledHandler;
    this.failurePolicy = settings.failurePolicy;
    this.listeners = List.copyOf(settings.listeners);
  }

  /** {@return a builder of a registry} All its settings are optional. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Creates a registry whose throttles share a backend.
   *
   * @param backend the backend, not null
   * @return the registry
   */
  public static ThrottleRegistry of(Backend backend) {
    return builder().backend(backend).build();
  }

  /**
   * Starts a builder of a throttle, which belongs to this registry once it is built.
   *
   * @param uid the name of the throttle, not blank; {@code build} fails if another throttle of this
   *     registry has it
   * @return the builder
   */
  public ThrottleBuilder throttle(String uid) {
    ThrottleBuilder builder = new ThrottleBuilder(uid, this);
    builder.sharedBackend = backend;
    builder.identifier = identifier;
    builder.throttledHandler = throttledHandler;
    builder.failurePolicy = failurePolicy;
    builder.listeners.addAll(listeners);
    return builder;
  }

  Throttle add(Throttle throttle) {
    return locked(
        () -> {
          if (byUid.putIfAbsent(throttle.uid(), throttle) != null) {
            throw new ConfigurationException(
                "The registry already has a throttle \""
                    + throttle.uid()
                    + "\". Give each throttle a name of its own, or use the existing one: get(\""
                    + throttle.uid()
                    + "\").");
          }
          throttle.switches.enable(Owner.REGISTRY, enabled);
          throttle.switches.shadow(Owner.REGISTRY, shadow);
          return throttle;
        });
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns a throttle by its name.
   *
   * @param uid the name, not null
   * @return the throttle
   * @throws ConfigurationException if there is none; the message lists the names
   */
  public Throttle get(String uid) {
    return find(uid)
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "The registry has no throttle \"" + uid + "\". It has " + uids() + "."));
  }

  private Collection<String> uids() {
    return throttles().stream().map(Throttle::uid).toList();
  }

  /**
   * Returns a throttle by its name, if there is one.
   *
   * @param uid the name, not null
   * @return the throttle, or empty
   */
  public Optional<Throttle> find(String uid) {
    Objects.requireNonNull(uid, "uid must not be null");
    return locked(() -> Optional.ofNullable(byUid.get(uid)));
  }

  /** {@return all throttles, in the order of their names; unmodifiable} */
  public List<Throttle> throttles() {
    return locked(() -> List.copyOf(byUid.values()));
  }

  /** {@return the backend that the throttles share; null if there is none} */
  public @Nullable Backend backend() {
    return backend;
  }

  /**
   * Returns the backend that the throttles share, for adapters.
   *
   * @return the backend
   * @throws ConfigurationException if there is none
   */
  public Backend requireBackend() {
    if (backend == null) {
      throw new ConfigurationException(
          "The registry has no backend: " + this + ". Set one with .backend(…) in its builder.");
    }
    return backend;
  }

  /**
   * Switches all throttles of this registry on or off, also those that are built later. A throttle
   * that is switched off by itself stays off.
   *
   * @param enabled false to let all hits pass uncounted
   */
  public void setEnabled(boolean enabled) {
    lock.lock();
    try {
      this.enabled = enabled;
      byUid.values().forEach(throttle -> throttle.switches.enable(Owner.REGISTRY, enabled));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Puts all throttles of this registry in shadow, or takes them out, also those that are built
   * later; see {@link Throttle#setShadow}. A throttle that is in shadow by itself stays there.
   *
   * @param shadow true for shadow
   */
  public void setShadow(boolean shadow) {
    lock.lock();
    try {
      this.shadow = shadow;
      byUid.values().forEach(throttle -> throttle.switches.shadow(Owner.REGISTRY, shadow));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return "ThrottleRegistry" + throttles();
  }

  /** Builds a {@link ThrottleRegistry}. Not thread-safe. No parameter may be null. */
  public static final class Builder {

    private @Nullable Backend backend;
    private @Nullable Identifier identifier;
    private ThrottledHandler throttledHandler = ThrottledHandler.throwing();
    private FailurePolicy failurePolicy = FailurePolicy.ALLOW;
    private final List<ThrottleListener> listeners = new ArrayList<>();

    private Builder() {}

    /**
     * Sets the backend of throttles that have no other: neither one of their own, nor that of a
     * scope or of the connection.
     *
     * @param backend the backend
     * @return this builder
     */
    public Builder backend(Backend backend) {
      this.backend = Objects.requireNonNull(backend, "backend must not be null");
      return this;
    }

    /**
     * Sets the identifier of throttles that have none of their own. The default is {@link
     * Identifier#remoteAddress()}.
     *
     * @param identifier the identifier
     * @return this builder
     */
    public Builder identifier(Identifier identifier) {
      this.identifier = Objects.requireNonNull(identifier, "identifier must not be null");
      return this;
    }

    /**
     * Sets the handler of denials of throttles that have none of their own. The default is {@link
     * ThrottledHandler#throwing()}.
     *
     * @param handler called on a denial; <strong>if it returns, the connection proceeds</strong>
     * @return this builder
     */
    public Builder onThrottled(ThrottledHandler handler) {
      this.throttledHandler = Objects.requireNonNull(handler, "handler must not be null");
      return this;
    }

    /**
     * Sets the failure policy of throttles that have none of their own. The default is {@link
     * FailurePolicy#ALLOW}.
     *
     * @param policy the failure policy
     * @return this builder
     */
    public Builder onBackendFailure(FailurePolicy policy) {
      this.failurePolicy = Objects.requireNonNull(policy, "policy must not be null");
      return this;
    }

    /**
     * Adds a listener to all throttles of the registry.
     *
     * @param listener the listener
     * @return this builder
     */
    public Builder listener(ThrottleListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener must not be null"));
      return this;
    }

    /** {@return the registry} */
    public ThrottleRegistry build() {
      return new ThrottleRegistry(this);
    }
  }
}

package io.traffik.memory;

import io.traffik.ConfigurationException;
import io.traffik.Identifier;
import io.traffik.ThrottledHandler;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the choices of an {@link InMemoryBackend}. Not safe for several threads at once. All
 * parameters must not be null.
 */
public final class InMemoryBackendBuilder {

  private static final long DEFAULT_MAX_KEYS = 1_000_000;
  private static final long LARGEST_MAX_KEYS = 1_000_000_000;
  private static final Duration SHORTEST_TICK = Duration.ofNanos(1_000);
  private static final Duration LONGEST_TICK = Duration.ofSeconds(1);

  final String namespace;
  long maxKeys = DEFAULT_MAX_KEYS;
  boolean persistent;
  @Nullable Identifier identifier;
  @Nullable ThrottledHandler throttledHandler;
  private @Nullable LongSupplier clock;
  private @Nullable Duration tick;

  InMemoryBackendBuilder(String namespace) {
    if (Objects.requireNonNull(namespace, "namespace must not be null").isBlank()) {
      throw new ConfigurationException("namespace must not be blank: \"" + namespace + "\"");
    }
    this.namespace = namespace;
  }

  /**
   * The largest number of keys held at once. It is never exceeded, and shared out over the stripes
   * of the store, so that the first keys give way when it is reached to within a few per cent.
   *
   * @param maxKeys from 1 to 1,000,000,000; 1,000,000 unless told
   * @return this builder
   * @throws ConfigurationException if the number is out of range
   */
  public InMemoryBackendBuilder maxKeys(long maxKeys) {
    if (maxKeys < 1 || maxKeys > LARGEST_MAX_KEYS) {
      throw new ConfigurationException(
          "maxKeys must be from 1 to " + LARGEST_MAX_KEYS + ": " + maxKeys);
    }
    this.maxKeys = maxKeys;
    return this;
  }

  /**
   * The clock to go by in place of {@link System#nanoTime()}, for tests. It may stand still; a step
   * back counts as standing still.
   *
   * @param nanoClock nanoseconds since any fixed instant; called by many threads, one at a time
   * @return this builder
   */
  public InMemoryBackendBuilder clock(LongSupplier nanoClock) {
    this.clock = Objects.requireNonNull(nanoClock, "clock must not be null");
    this.tick = null;
    return this;
  }

  /**
   * Goes by a clock that a thread of the backend's sets, until the backend is closed, to {@link
   * System#nanoTime()} once a tick. That spares hits a reading of it, some twenty nanoseconds where
   * they do not overlap with the rest, and makes them less exact: the clock lags by up to a tick,
   * and longer while its thread gets no processor. Clients wait so much longer, and over a span t
   * may have what refills in that time beside {@code capacity + limit · t / period}.
   *
   * @param tick from 1 µs to 1 s; a millisecond suits most
   * @return this builder
   * @throws ConfigurationException if the tick is out of range
   */
  public InMemoryBackendBuilder coarseClock(Duration tick) {
    if (tick.compareTo(SHORTEST_TICK) < 0 || tick.compareTo(LONGEST_TICK) > 0) {
      throw new ConfigurationException("tick must be from 1 µs to 1 s: " + tick);
    }
    this.tick = tick;
    this.clock = null;
    return this;
  }

  /**
   * Whether the buckets are kept when the application's scope is left. They never outlive the
   * process.
   *
   * @param persistent false unless told
   * @return this builder
   */
  public InMemoryBackendBuilder persistent(boolean persistent) {
    this.persistent = persistent;
    return this;
  }

  /**
   * The identifier of throttles that bring none of their own.
   *
   * @param identifier names the client
   * @return this builder
   */
  public InMemoryBackendBuilder identifier(Identifier identifier) {
    this.identifier = Objects.requireNonNull(identifier, "identifier must not be null");
    return this;
  }

  /**
   * The throttled handler of throttles that bring none of their own.
   *
   * @param handler called on a denial; <strong>if it returns, the connection proceeds</strong>
   * @return this builder
   */
  public InMemoryBackendBuilder onThrottled(ThrottledHandler handler) {
    this.throttledHandler = Objects.requireNonNull(handler, "handler must not be null");
    return this;
  }

  /**
   * Builds the backend.
   *
   * @return the backend
   */
  public InMemoryBackend build() {
    return new InMemoryBackend(this);
  }

  LongSupplier steadyClock() {
    if (clock != null) {
      return new SteadyClock(clock);
    }
    if (tick != null) {
      return CoarseClock.ticking(tick.toNanos());
    }
    long origin = System.nanoTime();
    return () -> System.nanoTime() - origin;
  }
}

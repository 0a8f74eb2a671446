package io.traffik.memory;

import io.traffik.ConfigurationException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A builder of {@link InMemoryBackend}. Not thread-safe. No parameter may be null. */
public final class InMemoryBackendBuilder {

  private static final long DEFAULT_MAX_KEYS = 1_000_000;
  private static final long LARGEST_MAX_KEYS = 1_000_000_000;
  private static final Duration SHORTEST_TICK = Duration.ofNanos(1_000);
  private static final Duration LONGEST_TICK = Duration.ofSeconds(1);

  final String namespace;
  long maxKeys = DEFAULT_MAX_KEYS;
  boolean persistent;
  private @Nullable LongSupplier clock;
  private @Nullable Duration tick;

  InMemoryBackendBuilder(String namespace) {
    if (Objects.requireNonNull(namespace, "namespace must not be null").isBlank()) {
      throw new ConfigurationException("namespace must not be blank: \"" + namespace + "\"");
    }
    this.namespace = namespace;
  }

  /**
   * Sets the largest number of keys. It is never exceeded. The bound is divided among the
   * partitions of the store, so that the first evictions come a few per cent below it.
   *
   * @param maxKeys from 1 to 1,000,000,000; 1,000,000 by default
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
   * Replaces {@link System#nanoTime()} by another clock, for tests. The clock may stand still; a
   * backward step counts as standing still.
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
   * Replaces {@link System#nanoTime()} by a clock that a thread of the backend updates once per
   * tick, until the backend is closed. A hit then saves a reading of the system's clock, about
   * twenty nanoseconds. Decisions become less exact: the clock lags by up to one tick, and by more
   * while its thread waits for a processor. Waits may last that much longer. Over a span t, clients
   * may gain one lag's refill in addition to {@code capacity + limit · t / period}.
   *
   * @param tick from 1 µs to 1 s; one millisecond suits most applications
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
   * Sets whether the buckets survive the end of the application. They never outlive the process.
   *
   * @param persistent false by default
   * @return this builder
   */
  public InMemoryBackendBuilder persistent(boolean persistent) {
    this.persistent = persistent;
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

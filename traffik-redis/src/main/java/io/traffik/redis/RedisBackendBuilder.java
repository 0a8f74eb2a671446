package io.traffik.redis;

import io.traffik.ConfigurationException;
import io.traffik.Identifier;
import io.traffik.ThrottledHandler;
import io.traffik.spi.KeyEncoder;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the choices of a {@link RedisBackend} that do not depend on the client. Not safe for
 * several threads at once. No parameter may be null.
 *
 * @param <B> the builder itself
 */
public abstract sealed class RedisBackendBuilder<B extends RedisBackendBuilder<B>>
    permits LettuceBackendBuilder, JedisBackendBuilder {

  private static final Duration DEFAULT_DEADLINE = Duration.ofMillis(250);
  private static final Duration SHORTEST_DEADLINE = Duration.ofMillis(1);
  private static final Duration LONGEST_DEADLINE = Duration.ofMinutes(1);

  final String namespace;
  final KeyEncoder keys;
  Duration deadline = DEFAULT_DEADLINE;
  boolean persistent = true;
  @Nullable Identifier identifier;
  @Nullable ThrottledHandler throttledHandler;
  @Nullable LongSupplier clock;

  RedisBackendBuilder(String namespace) {
    this.namespace = Objects.requireNonNull(namespace, "namespace must not be null");
    this.keys = KeyEncoder.caseSensitive(namespace);
  }

  abstract B self();

  /**
   * How long a decision may take from the call to the answer, connecting and waiting for a
   * connection included.
   *
   * @param deadline from 1 ms to 1 min; 250 ms unless told
   * @return this builder
   * @throws ConfigurationException if the deadline is out of range
   */
  public B deadline(Duration deadline) {
    if (deadline.compareTo(SHORTEST_DEADLINE) < 0 || deadline.compareTo(LONGEST_DEADLINE) > 0) {
      throw new ConfigurationException("deadline must be from 1 ms to 1 min: " + deadline);
    }
    this.deadline = deadline;
    return self();
  }

  /**
   * Whether the buckets are kept when the application's scope is left, as other servers want them
   * that go on using them.
   *
   * @param persistent true unless told, unlike with a backend in memory: else the server that stops
   *     first, as in every rolling deployment, would reset the buckets of all
   * @return this builder
   */
  public B persistent(boolean persistent) {
    this.persistent = persistent;
    return self();
  }

  /**
   * The identifier of throttles that bring none of their own.
   *
   * @param identifier names the client
   * @return this builder
   */
  public B identifier(Identifier identifier) {
    this.identifier = Objects.requireNonNull(identifier, "identifier must not be null");
    return self();
  }

  /**
   * The throttled handler of throttles that bring none of their own.
   *
   * @param handler called on a denial; <strong>if it returns, the connection proceeds</strong>
   * @return this builder
   */
  public B onThrottled(ThrottledHandler handler) {
    this.throttledHandler = Objects.requireNonNull(handler, "handler must not be null");
    return self();
  }

  /** Microseconds since 1970 to go by in place of the server's, for tests; keys do not expire. */
  B clock(LongSupplier micros) {
    this.clock = micros;
    return self();
  }

  /**
   * Builds the backend. It connects when it is opened or first asked.
   *
   * @return the backend
   * @throws ConfigurationException if it was not said which Redis to use
   */
  public abstract RedisBackend build();
}

package io.traffik.redis;

import io.traffik.ConfigurationException;
import io.traffik.redis.address.Redaction;
import io.traffik.redis.address.RedisAddress;
import io.traffik.spi.KeyEncoder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link RedisBackend} that do not depend on the client. Not thread-safe. No
 * parameter may be null.
 *
 * @param <B> the type of the builder itself
 */
public abstract sealed class RedisBackendBuilder<B extends RedisBackendBuilder<B>>
    permits LettuceBackendBuilder, JedisBackendBuilder {

  private static final Duration DEFAULT_DEADLINE = Duration.ofMillis(250);
  private static final Duration MIN_DEADLINE = Duration.ofMillis(1);
  private static final Duration MAX_DEADLINE = Duration.ofMinutes(1);
  private static final Duration MIN_CONNECT_TIMEOUT = Duration.ofSeconds(2);

  final String namespace;
  final KeyEncoder keys;
  Duration deadline = DEFAULT_DEADLINE;
  boolean persistent = true;
  @Nullable LongSupplier clock;
  Redaction redaction = Redaction.NONE;

  RedisBackendBuilder(String namespace) {
    this.namespace = Objects.requireNonNull(namespace, "namespace must not be null");
    this.keys = KeyEncoder.caseSensitive(namespace);
  }

  abstract B self();

  /**
   * Sets the longest duration of a decision, including connecting and waiting for a connection.
   *
   * @param deadline from 1 ms to 1 min; 250 ms by default
   * @return this builder
   * @throws ConfigurationException if the deadline is out of range
   */
  public B deadline(Duration deadline) {
    if (deadline.compareTo(MIN_DEADLINE) < 0 || deadline.compareTo(MAX_DEADLINE) > 0) {
      throw new ConfigurationException("deadline must be from 1 ms to 1 min: " + deadline);
    }
    this.deadline = deadline;
    return self();
  }

  /**
   * Sets whether the buckets survive the end of the application's lifetime.
   *
   * @param persistent true by default, unlike in memory: otherwise the first server that stops, as
   *     in a rolling deployment, would reset the buckets of all servers
   * @return this builder
   */
  public B persistent(boolean persistent) {
    this.persistent = persistent;
    return self();
  }

  /** For tests: microseconds since 1970 instead of the server's clock; keys do not expire. */
  B clock(LongSupplier micros) {
    this.clock = micros;
    return self();
  }

  /**
   * A connection attempt may outlast the decision that started it. Later decisions then find a
   * connection to a distant server.
   */
  Duration connectTimeout() {
    return deadline.compareTo(MIN_CONNECT_TIMEOUT) < 0 ? MIN_CONNECT_TIMEOUT : deadline;
  }

  /** Parses the URI of a single server or of a master under Sentinel. */
  RedisAddress parse(String uri) {
    RedisAddress address = RedisAddress.parse(uri);
    redaction = Redaction.of(List.of(address));
    return address;
  }

  /** Parses the URIs of nodes of a cluster. */
  List<RedisAddress> parseNodes(String... uris) {
    if (uris.length == 0) {
      throw new ConfigurationException(
          "cluster must have at least one URI: none given. Pass redis://host:port of any node.");
    }
    List<RedisAddress> addresses = Stream.of(uris).map(RedisAddress::parseNode).toList();
    redaction = Redaction.of(addresses);
    return addresses;
  }

  ConfigurationException noServer(String methods) {
    return new ConfigurationException(
        "Backend \"" + namespace + "\" has no Redis server. Call " + methods + ".");
  }

  /**
   * Builds the backend, which connects by itself. Waits for the first attempt, at most two seconds,
   * or the deadline if it is longer. Does not fail if the server is out of reach.
   *
   * @return the backend
   * @throws ConfigurationException if no Redis server was set
   */
  public abstract RedisBackend build();
}

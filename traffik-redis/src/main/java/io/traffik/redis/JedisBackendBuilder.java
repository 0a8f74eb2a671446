package io.traffik.redis;

import io.traffik.ConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;

/**
 * Gathers the choices of a {@link RedisBackend} over Jedis. Say once which Redis to use: by URI,
 * for connections that the backend makes and closes, or by a client that you have, which is used as
 * it is and left open. Not safe for several threads at once. No parameter may be null.
 */
public final class JedisBackendBuilder extends RedisBackendBuilder<JedisBackendBuilder> {

  private static final Duration SHORTEST_CONNECT = Duration.ofSeconds(2);

  private @Nullable Function<JedisExecutor, ScriptRunner> runner;
  private @Nullable Executor executor;

  JedisBackendBuilder(String namespace) {
    super(namespace);
  }

  @Override
  JedisBackendBuilder self() {
    return this;
  }

  /**
   * A server of its own or under Sentinel, by at most 64 connections of the backend's.
   *
   * @param uri {@code redis://user:password@host:6379/0}, {@code rediss://…} for TLS, {@code
   *     redis-sentinel://host1,host2/0#master}
   * @return this builder
   * @throws ConfigurationException if the URI does not read so
   */
  public JedisBackendBuilder uri(String uri) {
    JedisAddress address = JedisAddress.parse(uri);
    return runner(
        elsewhere ->
            new JedisRunner(
                () -> JedisServers.standalone(address, connecting()), false, elsewhere));
  }

  /**
   * A cluster, by at most 64 connections of the backend's to each node.
   *
   * @param uris one or several of its nodes, {@code redis://} or {@code rediss://}; the others are
   *     found by these. User and password are those of the first
   * @return this builder
   * @throws ConfigurationException if a URI does not read so, or there is none
   */
  public JedisBackendBuilder cluster(String... uris) {
    if (uris.length == 0) {
      throw new ConfigurationException("a cluster must be given by at least one URI: none");
    }
    List<JedisAddress> addresses = Stream.of(uris).map(JedisAddress::parse).toList();
    return runner(
        elsewhere ->
            new JedisRunner(
                () -> JedisServers.clustered(addresses, connecting()), true, elsewhere));
  }

  /**
   * Your client: a {@code RedisClient}, {@code RedisSentinelClient}, {@code RedisClusterClient} or
   * any other of the kind.
   *
   * @param client to be closed by you. Its calls are made on another thread, for they may take
   *     longer than the deadline. Of a cluster, Jedis sends again what was not answered when a
   *     connection is lost, and charges twice
   * @return this builder
   */
  public JedisBackendBuilder client(UnifiedJedis client) {
    Objects.requireNonNull(client, "client must not be null");
    return runner(elsewhere -> new BorrowedJedisRunner(client, elsewhere));
  }

  /**
   * Where calls wait that must not hold up their callers: all asynchronous ones, all of a client of
   * yours, and those that have to connect.
   *
   * @param executor not shut down with the backend, and not one of which the threads ask and wait
   *     themselves: none might be left to connect. Unless told, up to 64 daemon threads, virtual
   *     ones where the JVM has them (21 and later), which end with the backend
   * @return this builder
   */
  public JedisBackendBuilder executor(Executor executor) {
    this.executor = Objects.requireNonNull(executor, "executor must not be null");
    return this;
  }

  private JedisBackendBuilder runner(Function<JedisExecutor, ScriptRunner> made) {
    this.runner = made;
    return this;
  }

  /**
   * Connecting goes on for a while after the decision that wanted it has ended, so that later ones
   * find a connection to a server that is far away.
   */
  private Duration connecting() {
    return deadline.compareTo(SHORTEST_CONNECT) < 0 ? SHORTEST_CONNECT : deadline;
  }

  @Override
  public RedisBackend build() {
    if (runner == null) {
      throw new ConfigurationException(
          "backend \""
              + namespace
              + "\" must know its Redis: give it .uri(…), .cluster(…) or .client(…)");
    }
    JedisExecutor elsewhere =
        executor == null ? JedisExecutor.onOwnThreads() : JedisExecutor.on(executor);
    return new RedisBackend(this, runner.apply(elsewhere));
  }
}

package io.traffik.redis;

import io.traffik.ConfigurationException;
import io.traffik.redis.address.Redaction;
import io.traffik.redis.address.RedisAddress;
import io.traffik.redis.jedis.BorrowedJedisRunner;
import io.traffik.redis.jedis.ConnectionCounts;
import io.traffik.redis.jedis.JedisExecutor;
import io.traffik.redis.jedis.JedisRunner;
import io.traffik.redis.jedis.JedisServers;
import io.traffik.redis.script.ScriptRunner;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;

/**
 * Builds a {@link RedisBackend} over Jedis. Set the server once: by URI, for connections that the
 * backend opens and closes, or by your own client, which stays open. Not thread-safe. No parameter
 * may be null.
 */
public final class JedisBackendBuilder extends RedisBackendBuilder<JedisBackendBuilder> {

  private @Nullable Function<JedisExecutor, ScriptRunner> runner;
  private @Nullable Executor executor;
  private ConnectionCounts counts = ConnectionCounts.of(ConnectionCounts.MAX);

  JedisBackendBuilder(String namespace) {
    super(namespace);
  }

  @Override
  JedisBackendBuilder self() {
    return this;
  }

  /**
   * Uses a single server, or a master under Sentinel, over several {@link #connections}.
   *
   * @param uri {@code redis://user:password@host:6379/0}, {@code rediss://…} for TLS, {@code
   *     redis-sentinel://host1,host2/0#master}. Percent-encode user name and password. Options
   *     after {@code ?} are not supported
   * @return this builder
   * @throws ConfigurationException if the URI is invalid
   */
  public JedisBackendBuilder uri(String uri) {
    RedisAddress address = parse(uri);
    return runner(
        executor ->
            new JedisRunner(
                () -> JedisServers.standalone(address, connectTimeout()), false, executor, counts));
  }

  /**
   * Uses a Redis Cluster, over several {@link #connections} to each node.
   *
   * @param uris one or several nodes, {@code redis://} or {@code rediss://}; the others are
   *     discovered. The first URI sets user and password for all nodes
   * @return this builder
   * @throws ConfigurationException if there is no URI, or one is invalid
   */
  public JedisBackendBuilder cluster(String... uris) {
    List<RedisAddress> addresses = parseNodes(uris);
    return runner(
        executor ->
            new JedisRunner(
                () -> JedisServers.clustered(addresses, connectTimeout()), true, executor, counts));
  }

  /**
   * Uses your client: a {@code RedisClient}, {@code RedisSentinelClient}, {@code
   * RedisClusterClient} or any other subclass. Its calls run on the {@link #executor}, because they
   * may outlast the deadline.
   *
   * @param client a client that you close. In a cluster, Jedis sends unanswered commands again
   *     after a lost connection, which charges hits twice
   * @return this builder
   */
  public JedisBackendBuilder client(UnifiedJedis client) {
    Objects.requireNonNull(client, "client must not be null");
    redaction = Redaction.NONE;
    return runner(executor -> new BorrowedJedisRunner(client, executor, counts));
  }

  /**
   * Sets the largest number of connections to one server for decisions. They are opened as
   * concurrent calls need them, and stay open. If the server accepts fewer, calls share those that
   * are open, and the backend tries every second to open another.
   *
   * <p>One eighth serves batches whose caller waits, a quarter serves asynchronous calls, and the
   * others serve blocking calls, but at least one each: 8, 16 and 40 of 64. All kinds share one or
   * two connections. {@code open}, {@code reset} and the search for a cluster's nodes need further
   * connections for a moment. The connections of your own {@link #client} are its own; for it, this
   * limits the calls that are made at a time.
   *
   * @param connections from 1 to 64; 64 by default
   * @return this builder
   * @throws ConfigurationException if the number is out of range
   */
  public JedisBackendBuilder connections(int connections) {
    if (connections < 1 || connections > ConnectionCounts.MAX) {
      throw new ConfigurationException(
          "connections must be from 1 to " + ConnectionCounts.MAX + ": " + connections);
    }
    this.counts = ConnectionCounts.of(connections);
    return this;
  }

  /**
   * Sets the executor of calls that must not block their callers: asynchronous calls, all calls of
   * your own client, and calls that connect. The default is a pool of at most 64 daemon threads,
   * which end with the backend.
   *
   * @param executor an executor that stays open. Its threads must not make blocking calls of this
   *     backend: no thread might be left to connect. Nor may they be virtual threads: the
   *     connection pool of Jedis can spin while another thread opens a connection, which then gets
   *     no carrier
   * @return this builder
   */
  public JedisBackendBuilder executor(Executor executor) {
    this.executor = Objects.requireNonNull(executor, "executor must not be null");
    return this;
  }

  private JedisBackendBuilder runner(Function<JedisExecutor, ScriptRunner> runner) {
    this.runner = runner;
    return this;
  }

  @Override
  public RedisBackend build() {
    Function<JedisExecutor, ScriptRunner> chosen = runner;
    if (chosen == null) {
      throw noServer(".uri(…), .cluster(…) or .client(…)");
    }
    return RedisClientLibrary.JEDIS.load(
        namespace,
        () ->
            new RedisBackend(
                this,
                chosen.apply(
                    executor == null
                        ? JedisExecutor.withOwnThreads()
                        : JedisExecutor.of(executor))));
  }
}

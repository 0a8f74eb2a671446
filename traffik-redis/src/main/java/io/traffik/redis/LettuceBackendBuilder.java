package io.traffik.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.traffik.ConfigurationException;
import io.traffik.redis.address.Redaction;
import io.traffik.redis.address.RedisAddress;
import io.traffik.redis.lettuce.LettuceClients;
import io.traffik.redis.lettuce.LettuceRunner;
import io.traffik.redis.lettuce.LettuceSource;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link RedisBackend} over Lettuce. Set the server once: by URI, or by your own client or
 * connection. The backend closes only the client that it has created. Not thread-safe. No parameter
 * may be null.
 */
public final class LettuceBackendBuilder extends RedisBackendBuilder<LettuceBackendBuilder> {

  private @Nullable Supplier<LettuceSource> source;

  LettuceBackendBuilder(String namespace) {
    super(namespace);
  }

  @Override
  LettuceBackendBuilder self() {
    return this;
  }

  /**
   * Uses a single server, or a master under Sentinel, over a client that the backend creates. This
   * client reconnects at once, then after growing pauses of at most two seconds, and never sends a
   * command twice. It closes a silent connection after two seconds, or after the deadline if it is
   * longer. {@link #build} waits for the first attempt to connect.
   *
   * @param uri {@code redis://user:password@host:6379/0}, {@code rediss://…} for TLS, {@code
   *     redis-sentinel://host1,host2/0#master}. Percent-encode user name and password. Options
   *     after {@code ?} are not supported
   * @return this builder
   * @throws ConfigurationException if the URI is invalid
   */
  public LettuceBackendBuilder uri(String uri) {
    RedisAddress address = parse(uri);
    return source(() -> LettuceClients.standalone(address, connectTimeout()), redaction);
  }

  /**
   * Uses a Redis Cluster, over a client that the backend creates, as for {@link #uri}.
   *
   * @param uris one or several nodes, {@code redis://} or {@code rediss://}; the client discovers
   *     the other nodes. The same rules apply as for {@link #uri}
   * @return this builder
   * @throws ConfigurationException if there is no URI, or one is invalid
   */
  public LettuceBackendBuilder cluster(String... uris) {
    List<RedisAddress> addresses = parseNodes(uris);
    return source(() -> LettuceClients.clustered(addresses, connectTimeout()), redaction);
  }

  /**
   * Uses your client. The backend opens a connection of its own and closes it. If its server
   * becomes a replica, the backend closes the connection, and Lettuce connects again.
   *
   * @param client a client with a default URI; you shut it down. Without a replay filter in its
   *     options, Lettuce sends unanswered commands again after a lost connection, which charges
   *     hits twice
   * @return this builder
   */
  public LettuceBackendBuilder client(RedisClient client) {
    Objects.requireNonNull(client, "client must not be null");
    return source(() -> LettuceClients.of(client), Redaction.NONE);
  }

  /**
   * Uses your client of a cluster. The backend opens a connection of its own and closes it.
   *
   * @param client as in {@link #client(RedisClient)}
   * @return this builder
   */
  public LettuceBackendBuilder client(RedisClusterClient client) {
    Objects.requireNonNull(client, "client must not be null");
    return source(() -> LettuceClients.of(client), Redaction.NONE);
  }

  /**
   * Uses your connection. If its server becomes a replica, decisions fail until you close the
   * connection to this server, so that Lettuce connects again.
   *
   * @param connection a connection that you close. Other code may use it too, but not for
   *     transactions nor with {@code setAutoFlushCommands(false)}
   * @return this builder
   */
  public LettuceBackendBuilder connection(StatefulRedisConnection<String, String> connection) {
    Objects.requireNonNull(connection, "connection must not be null");
    return source(() -> LettuceSource.of(connection), Redaction.NONE);
  }

  /**
   * Uses your connection to a cluster.
   *
   * @param connection as in {@link #connection(StatefulRedisConnection)}
   * @return this builder
   */
  public LettuceBackendBuilder connection(
      StatefulRedisClusterConnection<String, String> connection) {
    Objects.requireNonNull(connection, "connection must not be null");
    return source(() -> LettuceSource.of(connection), Redaction.NONE);
  }

  private LettuceBackendBuilder source(Supplier<LettuceSource> source, Redaction redaction) {
    this.source = source;
    this.redaction = redaction;
    return this;
  }

  @Override
  public RedisBackend build() {
    Supplier<LettuceSource> chosen = source;
    if (chosen == null) {
      throw noServer(".uri(…), .cluster(…), .client(…) or .connection(…)");
    }
    return RedisClientLibrary.LETTUCE.load(
        namespace, () -> new RedisBackend(this, new LettuceRunner(chosen.get())));
  }
}

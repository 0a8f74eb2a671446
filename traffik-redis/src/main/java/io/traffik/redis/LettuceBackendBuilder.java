package io.traffik.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.traffik.ConfigurationException;
import io.traffik.redis.LettuceSource.Opened;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the choices of a {@link RedisBackend} over Lettuce. Say once which Redis to use: by URI,
 * for a client that the backend makes and closes, or by a client or connection that you have, which
 * is used as it is and left open. Not safe for several threads at once. No parameter may be null.
 */
public final class LettuceBackendBuilder extends RedisBackendBuilder<LettuceBackendBuilder> {

  private @Nullable Supplier<LettuceSource> link;

  LettuceBackendBuilder(String namespace) {
    super(namespace);
  }

  @Override
  LettuceBackendBuilder self() {
    return this;
  }

  /**
   * A server of its own or under Sentinel, by a client that the backend makes: it rejects what is
   * asked while disconnected, sends nothing again, connects again at once, lets at most 10,000
   * commands wait, and closes a connection that has said nothing for two seconds, or the deadline
   * if that is longer, although it was asked.
   *
   * @param uri as Lettuce reads it: {@code redis://user:password@host:6379/0}, {@code rediss://…}
   *     for TLS, {@code redis-sentinel://host1,host2/0#master}
   * @return this builder
   * @throws ConfigurationException if the URI does not read so
   */
  public LettuceBackendBuilder uri(String uri) {
    RedisURI parsed = parse(uri);
    return link(() -> LettuceClients.standalone(parsed, deadline));
  }

  /**
   * A cluster, by a client that the backend makes, as {@link #uri} does.
   *
   * @param uris one or several of its nodes, {@code redis://} or {@code rediss://}; the others are
   *     found by these
   * @return this builder
   * @throws ConfigurationException if a URI does not read so, or there is none
   */
  public LettuceBackendBuilder cluster(String... uris) {
    if (uris.length == 0) {
      throw new ConfigurationException("a cluster must be given by at least one URI: none");
    }
    List<RedisURI> parsed = Stream.of(uris).map(LettuceBackendBuilder::parse).toList();
    return link(() -> LettuceClients.clustered(parsed, deadline));
  }

  /**
   * Your client, by a connection of the backend's own, which it closes.
   *
   * @param client whose default URI is used; to be shut down by you. Unless its options filter
   *     replays, Lettuce sends again what was not answered when a connection is lost, and charges
   *     twice
   * @return this builder
   */
  public LettuceBackendBuilder client(RedisClient client) {
    Objects.requireNonNull(client, "client must not be null");
    return link(() -> LettuceClients.of(client));
  }

  /**
   * Your client of a cluster, by a connection of the backend's own, which it closes.
   *
   * @param client as in {@link #client(RedisClient)}
   * @return this builder
   */
  public LettuceBackendBuilder client(RedisClusterClient client) {
    Objects.requireNonNull(client, "client must not be null");
    return link(() -> LettuceClients.of(client));
  }

  /**
   * Your connection.
   *
   * @param connection may be used for other things meanwhile, but not in transactions nor with
   *     {@code setAutoFlushCommands(false)}; to be closed by you
   * @return this builder
   */
  public LettuceBackendBuilder connection(StatefulRedisConnection<String, String> connection) {
    Objects.requireNonNull(connection, "connection must not be null");
    return link(() -> LettuceSource.borrowed(Opened.of(connection, false), false));
  }

  /**
   * Your connection to a cluster.
   *
   * @param connection as in {@link #connection(StatefulRedisConnection)}
   * @return this builder
   */
  public LettuceBackendBuilder connection(
      StatefulRedisClusterConnection<String, String> connection) {
    Objects.requireNonNull(connection, "connection must not be null");
    return link(() -> LettuceSource.borrowed(Opened.of(connection, false), true));
  }

  private LettuceBackendBuilder link(Supplier<LettuceSource> made) {
    this.link = made;
    return this;
  }

  private static RedisURI parse(String uri) {
    try {
      return RedisURI.create(uri);
    } catch (RuntimeException e) {
      throw new ConfigurationException(
          "Redis must be given by redis://host:port, rediss://host:port or"
              + " redis-sentinel://host1:port,host2:port/0#master: "
              + ErrorTranslator.withoutPassword(uri)
              + " ("
              + ErrorTranslator.withoutPassword(String.valueOf(e.getMessage()))
              + ")",
          // Its message may show the password.
          null);
    }
  }

  @Override
  public RedisBackend build() {
    if (link == null) {
      throw new ConfigurationException(
          "backend \""
              + namespace
              + "\" must know its Redis: give it .uri(…), .cluster(…), .client(…) or"
              + " .connection(…)");
    }
    return new RedisBackend(this, new LettuceRunner(link.get()));
  }
}

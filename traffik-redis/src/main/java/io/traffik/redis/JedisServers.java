package io.traffik.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.providers.ClusterConnectionProvider;
import redis.clients.jedis.providers.ConnectionProvider;
import redis.clients.jedis.providers.PooledConnectionProvider;
import redis.clients.jedis.providers.SentineledConnectionProvider;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * The servers behind some addresses, as Jedis finds them: which of them has a key, and connections
 * to it. All of its methods but {@link #of(String)} may block.
 */
final class JedisServers {

  /** No more connections than this to one server, for decisions. */
  static final int MOST_CONNECTIONS = 64;

  /** Left for what is done once, as those above come back only when they are of no more use. */
  private static final int SPARE_CONNECTIONS = 8;

  /** How old the picture of a cluster may be if no answer has shown it to be wrong. */
  private static final long TOPOLOGY_AGE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ConnectionProvider provider;
  private final HostAndPort only;
  private volatile long renewed = System.nanoTime();

  private JedisServers(ConnectionProvider provider, HostAndPort only) {
    this.provider = provider;
    this.only = only;
  }

  /** One server, or the master that the sentinels name. */
  static JedisServers standalone(JedisAddress address, Duration connecting) {
    ConnectionPoolConfig pool = pool(connecting);
    String master = address.master();
    ConnectionProvider provider =
        master == null
            ? new PooledConnectionProvider(address.host(), address.config(connecting), pool)
            : new SentineledConnectionProvider(
                master,
                address.config(connecting),
                pool,
                address.hosts(),
                address.sentinelConfig(connecting));
    return new JedisServers(provider, address.host());
  }

  /**
   * A cluster, which the first of the addresses that answers describes. Without a period for Jedis
   * to look anew by itself: it starts a thread for that before it has connected, and leaves it
   * behind if it cannot.
   */
  static JedisServers clustered(List<JedisAddress> addresses, Duration connecting) {
    Set<HostAndPort> nodes = new HashSet<>();
    addresses.forEach(address -> nodes.addAll(address.hosts()));
    JedisAddress first = addresses.get(0);
    return new JedisServers(
        new ClusterConnectionProvider(nodes, first.config(connecting), pool(connecting)),
        first.host());
  }

  /** Connections do not come back to this pool until they are of no more use. */
  private static ConnectionPoolConfig pool(Duration connecting) {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(MOST_CONNECTIONS + SPARE_CONNECTIONS);
    pool.setMaxWait(connecting);
    pool.setTestWhileIdle(false);
    pool.setTimeBetweenEvictionRuns(Duration.ofMillis(-1));
    pool.setJmxEnabled(false);
    return pool;
  }

  /** The server that has a key, as far as known. */
  HostAndPort of(String key) {
    if (provider instanceof ClusterConnectionProvider cluster) {
      HostAndPort node = cluster.getNode(JedisClusterCRC16.getSlot(key));
      return node == null ? only : node;
    }
    return current();
  }

  private HostAndPort current() {
    HostAndPort master =
        provider instanceof SentineledConnectionProvider sentinels
            ? sentinels.getCurrentMaster()
            : null;
    return master == null ? only : master;
  }

  /** A connection to a server; to be closed. */
  Connection connect(HostAndPort server) {
    return provider instanceof ClusterConnectionProvider cluster
        ? cluster.getConnection(server)
        : provider.getConnection();
  }

  /** Does something by a connection of its own, which ends thereafter. */
  <T> T once(HostAndPort server, Function<Connection, T> doing) {
    try (Connection connection = connect(server)) {
      try {
        return doing.apply(connection);
      } finally {
        // The pool does not look whether what it hands out has been cut off meanwhile.
        connection.setBroken();
      }
    }
  }

  /** Whether a server may still be asked. */
  boolean knows(HostAndPort server) {
    return provider instanceof ClusterConnectionProvider cluster
        ? cluster.getNodes().containsKey(server.toString())
        : server.equals(current());
  }

  List<HostAndPort> masters() {
    if (!(provider instanceof ClusterConnectionProvider cluster)) {
      return List.of(current());
    }
    List<HostAndPort> masters = new ArrayList<>();
    for (String node : cluster.getPrimaryNodes().keySet()) {
      masters.add(HostAndPort.from(node));
    }
    return masters;
  }

  /** Whether it is time to look anew where the keys of a cluster are. */
  boolean isOld() {
    return isCluster() && System.nanoTime() - renewed > TOPOLOGY_AGE_NANOS;
  }

  /** Looks anew where the keys of a cluster are. */
  void renew() {
    renewed = System.nanoTime();
    if (provider instanceof ClusterConnectionProvider cluster) {
      cluster.renewSlotCache();
    }
  }

  boolean isCluster() {
    return provider instanceof ClusterConnectionProvider;
  }

  void close() {
    try {
      provider.close();
    } catch (Exception e) {
      throw new IllegalStateException("Jedis failed to close its connections", e);
    }
  }
}

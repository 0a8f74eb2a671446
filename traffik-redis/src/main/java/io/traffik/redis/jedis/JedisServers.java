package io.traffik.redis.jedis;

import io.traffik.redis.address.RedisAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.providers.ClusterConnectionProvider;
import redis.clients.jedis.providers.ConnectionProvider;
import redis.clients.jedis.providers.PooledConnectionProvider;
import redis.clients.jedis.providers.SentineledConnectionProvider;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * The servers of one topology, as Jedis finds them: a single server, a master under Sentinel, or a
 * cluster. All methods may block, except {@link #serverOf}.
 */
public final class JedisServers {

  /** For operations that are not decisions, since decisions never return theirs to the pool. */
  private static final int SPARE_CONNECTIONS = 8;

  private static final long TOPOLOGY_REFRESH_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ConnectionProvider provider;
  private final HostAndPort seed;
  private volatile long refreshedAt = System.nanoTime();

  private JedisServers(ConnectionProvider provider, HostAndPort seed) {
    this.provider = provider;
    this.seed = seed;
  }

  /** A single server, or the master that the sentinels name. */
  public static JedisServers standalone(RedisAddress address, Duration connectTimeout) {
    JedisCompatibility.requireSupported();
    JedisConfigs configs = new JedisConfigs(address, connectTimeout);
    ConnectionPoolConfig pool = pool(connectTimeout);
    String master = address.master();
    ConnectionProvider provider =
        master == null
            ? new PooledConnectionProvider(configs.host(), configs.forServers(), pool)
            : new SentineledConnectionProvider(
                master, configs.forServers(), pool, configs.hosts(), configs.forSentinels());
    return new JedisServers(provider, configs.host());
  }

  /**
   * A cluster, discovered through any of the addresses. Jedis' own periodic refresh stays off: its
   * thread starts before the first connection, and would leak if that connection failed.
   */
  public static JedisServers clustered(List<RedisAddress> addresses, Duration connectTimeout) {
    JedisCompatibility.requireSupported();
    Set<HostAndPort> nodes = new HashSet<>();
    addresses.forEach(address -> nodes.addAll(new JedisConfigs(address, connectTimeout).hosts()));
    JedisConfigs first = new JedisConfigs(addresses.get(0), connectTimeout);
    return new JedisServers(
        new ClusterConnectionProvider(nodes, first.forServers(), pool(connectTimeout)),
        first.host());
  }

  /** Connections return to this pool only to be closed. */
  private static ConnectionPoolConfig pool(Duration connectTimeout) {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(ConnectionCounts.MAX + SPARE_CONNECTIONS);
    pool.setMaxWait(connectTimeout);
    pool.setTestWhileIdle(false);
    pool.setTimeBetweenEvictionRuns(Duration.ofMillis(-1));
    pool.setJmxEnabled(false);
    return pool;
  }

  /** The server that has a key, by the topology as known. */
  HostAndPort serverOf(String key) {
    if (provider instanceof ClusterConnectionProvider cluster) {
      HostAndPort node = cluster.getNode(JedisClusterCRC16.getSlot(key));
      return node == null ? seed : node;
    }
    return currentMaster();
  }

  private HostAndPort currentMaster() {
    HostAndPort master =
        provider instanceof SentineledConnectionProvider sentinels
            ? sentinels.getCurrentMaster()
            : null;
    return master == null ? seed : master;
  }

  /** Opens a connection to a server; the caller closes it. */
  Connection connect(HostAndPort server) {
    return provider instanceof ClusterConnectionProvider cluster
        ? cluster.getConnection(server)
        : provider.getConnection();
  }

  /** Closes a connection. The pool does not test idle connections, so none may return to it. */
  static void discard(Connection connection) {
    connection.setBroken();
    connection.close();
  }

  /** Whether a server belongs to the topology as known. */
  boolean contains(HostAndPort server) {
    return provider instanceof ClusterConnectionProvider cluster
        ? cluster.getNodes().containsKey(server.toString())
        : server.equals(currentMaster());
  }

  List<HostAndPort> masters() {
    if (!(provider instanceof ClusterConnectionProvider cluster)) {
      return List.of(currentMaster());
    }
    // Not getPrimaryNodes(), which exists only since Jedis 6.2.
    Set<HostAndPort> masters = new LinkedHashSet<>();
    for (int slot = 0; slot < Protocol.CLUSTER_HASHSLOTS; slot++) {
      HostAndPort master = cluster.getNode(slot);
      if (master != null) {
        masters.add(master);
      }
    }
    return masters.isEmpty() ? List.of(seed) : List.copyOf(masters);
  }

  /** Whether the topology of a cluster is due for a refresh. */
  boolean isStale() {
    return isCluster() && System.nanoTime() - refreshedAt > TOPOLOGY_REFRESH_NANOS;
  }

  /** Refreshes the topology of a cluster. */
  void refresh() {
    refreshedAt = System.nanoTime();
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

package io.traffik.redis.jedis;

import java.util.Set;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisCluster;
import redis.clients.jedis.JedisPooled;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.UnifiedJedis;

/** Clients of a user, with any supported version of Jedis. */
@SuppressWarnings("deprecation") // older versions have no other classes
public final class JedisClients {

  private JedisClients() {}

  /** A client of a single server. */
  public static UnifiedJedis standalone(String uri) {
    return exists("RedisClient") ? Since72.standalone(uri) : Before8.standalone(uri);
  }

  /**
   * A client of a cluster.
   *
   * @param uri {@code redis://host:port} of a node
   */
  public static UnifiedJedis cluster(String uri) {
    Set<HostAndPort> nodes = Set.of(HostAndPort.from(uri.substring("redis://".length())));
    return exists("RedisClusterClient") ? Since72.cluster(nodes) : Before8.cluster(nodes);
  }

  private static boolean exists(String simpleName) {
    try {
      var unused = Class.forName("redis.clients.jedis." + simpleName);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** A class of its own, which is loaded only with a version that has these classes. */
  private static final class Since72 {

    static UnifiedJedis standalone(String uri) {
      return RedisClient.create(uri);
    }

    static UnifiedJedis cluster(Set<HostAndPort> nodes) {
      return RedisClusterClient.create(nodes);
    }
  }

  private static final class Before8 {

    static UnifiedJedis standalone(String uri) {
      return new JedisPooled(uri);
    }

    static UnifiedJedis cluster(Set<HostAndPort> nodes) {
      return new JedisCluster(nodes);
    }
  }
}

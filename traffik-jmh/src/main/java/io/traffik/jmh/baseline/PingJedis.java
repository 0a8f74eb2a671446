package io.traffik.jmh.baseline;

import io.traffik.jmh.workload.RedisLimiter;
import java.net.URI;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.util.JedisURIHelper;

/** The cost of a synchronous round trip by Jedis. Its threads take connections from a pool. */
public final class PingJedis implements RedisLimiter {

  private static final int CONNECTIONS = 8;

  private final UnifiedJedis client;

  /** Connects to a server. */
  public PingJedis(URI server) {
    this.client = pooled(server);
  }

  /** Returns a client with one connection per measured thread. */
  public static UnifiedJedis pooled(URI server) {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(CONNECTIONS);
    pool.setMaxIdle(CONNECTIONS);
    return RedisClient.builder()
        .hostAndPort(JedisURIHelper.getHostAndPort(server))
        .clientConfig(DefaultJedisClientConfig.builder(server).build())
        .poolConfig(pool)
        .build();
  }

  @Override
  public boolean hit(String identity) {
    return client.ping().equals("PONG");
  }

  @Override
  public void close() {
    client.close();
  }
}

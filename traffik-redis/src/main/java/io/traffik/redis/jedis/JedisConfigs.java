package io.traffik.redis.jedis;

import io.traffik.redis.address.RedisAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.SslOptions;

/**
 * Jedis' view of a parsed URI.
 *
 * @param address the parsed URI
 * @param connectTimeout the longest time to connect, and to wait for each answer meanwhile
 */
record JedisConfigs(RedisAddress address, Duration connectTimeout) {

  /** The server, or the sentinels. */
  Set<HostAndPort> hosts() {
    Set<HostAndPort> hosts = new LinkedHashSet<>();
    address.hosts().forEach(host -> hosts.add(new HostAndPort(host.name(), host.port())));
    return hosts;
  }

  HostAndPort host() {
    return new HostAndPort(address.host().name(), address.host().port());
  }

  /** The configuration of connections to servers. */
  JedisClientConfig forServers() {
    return builder()
        .user(address.user())
        .password(address.password())
        .database(address.database())
        .build();
  }

  /** The configuration of connections to sentinels; the password is for the servers only. */
  JedisClientConfig forSentinels() {
    return builder().build();
  }

  private DefaultJedisClientConfig.Builder builder() {
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .timeoutMillis(Math.toIntExact(connectTimeout.toMillis()));
    // Not SslOptions.defaults(), which is the same: it exists only since Jedis 7.5.
    return address.tls() ? config.sslOptions(SslOptions.builder().build()) : config;
  }
}

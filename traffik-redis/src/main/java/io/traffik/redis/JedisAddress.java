package io.traffik.redis;

import io.traffik.ConfigurationException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.SslOptions;

/**
 * A URI as this module reads it for Jedis, which knows no URIs of Sentinel.
 *
 * @param hosts the server, or the sentinels
 * @param master what the sentinels call the master; null without Sentinel
 */
record JedisAddress(
    Set<HostAndPort> hosts,
    @Nullable String user,
    @Nullable String password,
    int database,
    boolean tls,
    @Nullable String master) {

  private static final int PORT = 6379;
  private static final int SENTINEL_PORT = 26379;

  /**
   * Reads {@code redis://user:password@host:port/0}, {@code rediss://…} or {@code
   * redis-sentinel://host1:port,host2:port/0#master}.
   *
   * @throws ConfigurationException if the text is none of these
   */
  static JedisAddress parse(String text) {
    try {
      return parse(URI.create(text));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "Redis must be given by redis://host:port, rediss://host:port or"
              + " redis-sentinel://host1:port,host2:port/0#master: "
              + ErrorTranslator.withoutPassword(text)
              + " ("
              + ErrorTranslator.withoutPassword(String.valueOf(e.getMessage()))
              + ")",
          // Its message may show the password.
          null);
    }
  }

  private static JedisAddress parse(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    boolean sentinel = scheme.equals("redis-sentinel") || scheme.equals("rediss-sentinel");
    if (!sentinel && !scheme.equals("redis") && !scheme.equals("rediss")) {
      throw new IllegalArgumentException("unknown scheme " + scheme);
    }
    if (uri.getAuthority() == null) {
      throw new IllegalArgumentException("no host");
    }
    if (uri.getQuery() != null) {
      // Lettuce reads some; what it would do there and not here had better be said.
      throw new IllegalArgumentException("options behind ? are not for Jedis");
    }
    String authority = uri.getAuthority();
    int at = authority.lastIndexOf('@');
    String who = at < 0 ? "" : authority.substring(0, at);
    int colon = who.indexOf(':');
    String password = who.isEmpty() ? null : who.substring(colon + 1);
    String user = colon <= 0 ? null : who.substring(0, colon);
    Set<HostAndPort> hosts = new LinkedHashSet<>();
    for (String host : authority.substring(at + 1).split(",", -1)) {
      hosts.add(host(host, sentinel ? SENTINEL_PORT : PORT));
    }
    if (!sentinel && hosts.size() > 1) {
      throw new IllegalArgumentException("several hosts; of a cluster they are several URIs");
    }
    if (sentinel && uri.getFragment() == null) {
      throw new IllegalArgumentException("no #master");
    }
    String path = uri.getPath() == null ? "" : uri.getPath().replaceFirst("^/", "");
    return new JedisAddress(
        hosts,
        user,
        password,
        path.isEmpty() ? 0 : Integer.parseInt(path),
        scheme.startsWith("rediss"),
        sentinel ? uri.getFragment() : null);
  }

  private static HostAndPort host(String text, int defaultPort) {
    int colon = text.lastIndexOf(':');
    boolean hasPort = colon > text.lastIndexOf(']');
    String host = hasPort ? text.substring(0, colon) : text;
    if (host.isEmpty()) {
      throw new IllegalArgumentException("no host");
    }
    return new HostAndPort(
        host, hasPort ? Integer.parseInt(text.substring(colon + 1)) : defaultPort);
  }

  HostAndPort host() {
    return hosts.iterator().next();
  }

  /** For servers that keep data. */
  JedisClientConfig config(Duration connecting) {
    return timed(connecting).user(user).password(password).database(database).build();
  }

  /** For sentinels, whose password is not that of the servers. */
  JedisClientConfig sentinelConfig(Duration connecting) {
    return timed(connecting).build();
  }

  private DefaultJedisClientConfig.Builder timed(Duration connecting) {
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder().timeoutMillis(Math.toIntExact(connecting.toMillis()));
    return tls ? config.sslOptions(SslOptions.defaults()) : config;
  }
}

package io.traffik.redis.jedis;

import io.traffik.ConfigurationException;
import io.traffik.redis.script.ErrorTranslator;
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
 * A parsed Redis URI. Jedis itself does not parse Sentinel URIs.
 *
 * @param hosts the server, or the sentinels
 * @param user the user name, or null
 * @param password the password of the servers, or null
 * @param database the index of the database
 * @param tls whether connections use TLS
 * @param master the name of the master in Sentinel; null without Sentinel
 */
public record JedisAddress(
    Set<HostAndPort> hosts,
    @Nullable String user,
    @Nullable String password,
    int database,
    boolean tls,
    @Nullable String master) {

  private static final int PORT = 6379;
  private static final int SENTINEL_PORT = 26379;

  /**
   * Parses {@code redis://user:password@host:port/0}, {@code rediss://…} or {@code
   * redis-sentinel://host1:port,host2:port/0#master}.
   *
   * @throws ConfigurationException if the text is none of these
   */
  public static JedisAddress parse(String text) {
    try {
      return parse(URI.create(text));
    } catch (IllegalArgumentException e) {
      throw ErrorTranslator.invalidUri(text, e);
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
      // Lettuce accepts options here. Ignoring them would change the behaviour silently.
      throw new IllegalArgumentException("options after ? are not supported with Jedis");
    }
    String authority = uri.getAuthority();
    int at = authority.lastIndexOf('@');
    String credentials = at < 0 ? "" : authority.substring(0, at);
    int colon = credentials.indexOf(':');
    String password = credentials.isEmpty() ? null : credentials.substring(colon + 1);
    String user = colon <= 0 ? null : credentials.substring(0, colon);
    Set<HostAndPort> hosts = new LinkedHashSet<>();
    for (String host : authority.substring(at + 1).split(",", -1)) {
      hosts.add(host(host, sentinel ? SENTINEL_PORT : PORT));
    }
    if (!sentinel && hosts.size() > 1) {
      throw new IllegalArgumentException("several hosts; pass one URI per node of a cluster");
    }
    if (sentinel && uri.getFragment() == null) {
      throw new IllegalArgumentException("no #master after the sentinels");
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

  /** The configuration of connections to servers. */
  JedisClientConfig config(Duration connectTimeout) {
    return builder(connectTimeout).user(user).password(password).database(database).build();
  }

  /** The configuration of connections to sentinels; the password is for the servers only. */
  JedisClientConfig sentinelConfig(Duration connectTimeout) {
    return builder(connectTimeout).build();
  }

  private DefaultJedisClientConfig.Builder builder(Duration connectTimeout) {
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .timeoutMillis(Math.toIntExact(connectTimeout.toMillis()));
    return tls ? config.sslOptions(SslOptions.defaults()) : config;
  }
}

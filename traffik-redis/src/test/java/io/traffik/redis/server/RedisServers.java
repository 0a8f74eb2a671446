package io.traffik.redis.server;

import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * The servers under test. Each starts on first use and is shared by all tests of this JVM.
 *
 * <p>The standalone server is the first available of: the URI in the environment variable {@value
 * #URI}, a container ({@link DockerServer}), {@code redis-server} on the {@code PATH}, the binary
 * in {@code embedded-redis}. Sentinel and Cluster are always local processes ({@link
 * RedisProcess}), and so are servers that a test kills or pauses.
 */
public final class RedisServers {

  /** The environment variable with the URI of a server. */
  public static final String URI = "TRAFFIK_TEST_REDIS_URI";

  private static final System.Logger LOG = System.getLogger(RedisServers.class.getName());

  private RedisServers() {}

  /** The standalone server. */
  public static RedisServer standalone() {
    return Standalone.SERVER;
  }

  /** A master, its replicas and sentinels; tests must not change their topology. */
  public static SentinelGroup sentinel() {
    return Sentinel.GROUP;
  }

  /** A cluster; tests must not change its topology. */
  public static ClusterGroup cluster() {
    return Cluster.GROUP;
  }

  private static final class Standalone {

    static final RedisServer SERVER =
        logged(named().or(DockerServer::start).orElseGet(Standalone::local));

    private static Optional<RedisServer> named() {
      return Optional.ofNullable(System.getenv(URI))
          .filter(uri -> !uri.isBlank())
          .map(uri -> new RedisServer(java.net.URI.create(uri), URI));
    }

    private static RedisServer local() {
      return new RedisServer(RedisProcess.start().uri(), "local process");
    }

    private static RedisServer logged(RedisServer server) {
      LOG.log(
          Level.INFO,
          "tests use Redis {0} at {1} ({2})",
          server.fact("redis_version"),
          server.uri(),
          server.origin());
      return server;
    }
  }

  private static final class Sentinel {
    static final SentinelGroup GROUP = SentinelGroup.start();
  }

  private static final class Cluster {
    static final ClusterGroup GROUP = ClusterGroup.start();
  }
}

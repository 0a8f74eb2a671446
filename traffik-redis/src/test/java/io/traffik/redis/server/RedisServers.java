package io.traffik.redis.server;

import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * The real servers that tests run on, each started when it is first asked for and shared by all
 * tests of this virtual machine.
 *
 * <p>The standalone server is, in this order: the one that the environment names ({@value #URI}, a
 * {@code redis://…} URI), one in Docker ({@link DockerServer}), {@code redis-server} on the {@code
 * PATH}, the one in {@code embedded-redis}. Sentinel and Cluster are always processes of this
 * machine's, as are the servers of tests that kill or stop them: see {@link RedisProcess}.
 */
public final class RedisServers {

  /** The environment's variable that names a server. */
  public static final String URI = "TRAFFIK_TEST_REDIS_URI";

  private static final System.Logger LOG = System.getLogger(RedisServers.class.getName());

  private RedisServers() {}

  /** A single server. */
  public static RedisServer standalone() {
    return Standalone.SERVER;
  }

  /** A master, its replicas and sentinels, which tests must leave as they are. */
  public static SentinelGroup sentinel() {
    return Sentinel.GROUP;
  }

  /** A cluster, which tests must leave as it is. */
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
      return new RedisServer(RedisProcess.start().uri(), "process of this machine's");
    }

    private static RedisServer logged(RedisServer server) {
      LOG.log(
          Level.INFO,
          "tests run on Redis {0} at {1} ({2})",
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

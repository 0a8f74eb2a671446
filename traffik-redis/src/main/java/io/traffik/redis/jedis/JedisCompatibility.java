package io.traffik.redis.jedis;

import io.traffik.ConfigurationException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.UnifiedJedis;

/** The API that differs between the supported versions of Jedis, 6.0 to 8. */
final class JedisCompatibility {

  private static final boolean IS_SUPPORTED = exists("SslOptions");
  private static final boolean HAS_CLUSTER_CLIENT = exists("RedisClusterClient");
  private static final MethodHandle PIPELINED = pipelined();

  private JedisCompatibility() {}

  private static boolean exists(String simpleName) {
    try {
      var unused =
          Class.forName(
              "redis.clients.jedis." + simpleName, false, UnifiedJedis.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /**
   * Checks the version of Jedis.
   *
   * @throws ConfigurationException if it is older than 6.0
   */
  static void requireSupported() {
    if (!IS_SUPPORTED) {
      throw new ConfigurationException(
          "The version of Jedis is older than 6.0, and not supported. Use Jedis 6.0 to 8.");
    }
  }

  /** The compiled call of a method names its return type, which is another since Jedis 7. */
  private static MethodHandle pipelined() {
    try {
      return MethodHandles.publicLookup()
          .unreflect(UnifiedJedis.class.getMethod("pipelined"))
          .asType(MethodType.methodType(AbstractPipeline.class, UnifiedJedis.class));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("Jedis has no UnifiedJedis.pipelined()", e);
    }
  }

  /** Starts a pipeline of the client. */
  static AbstractPipeline pipeline(UnifiedJedis client) {
    try {
      return (AbstractPipeline) PIPELINED.invokeExact(client);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException("pipelined() threw a checked exception", t);
    }
  }

  /** The nodes of a cluster, or null if the client is not one of a cluster. */
  @SuppressWarnings("deprecation") // users may still have a JedisCluster
  static @Nullable Map<String, ConnectionPool> clusterNodes(UnifiedJedis client) {
    if (client instanceof redis.clients.jedis.JedisCluster cluster) {
      return cluster.getClusterNodes();
    }
    return HAS_CLUSTER_CLIENT ? Since72.clusterNodes(client) : null;
  }

  /** A class of its own, which is loaded only with a version that has the class. */
  private static final class Since72 {

    static @Nullable Map<String, ConnectionPool> clusterNodes(UnifiedJedis client) {
      return client instanceof RedisClusterClient cluster ? cluster.getClusterNodes() : null;
    }
  }
}

package io.traffik.jmh.contender;

import io.traffik.Backend;
import io.traffik.jmh.baseline.MinimalScript;
import io.traffik.jmh.baseline.PingJedis;
import io.traffik.jmh.baseline.PingLettuce;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.RedisLimiter;
import io.traffik.redis.RedisBackend;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** The contenders over Redis by their names in the benchmarks and in the report. */
public final class RedisContenders {

  public static final String TRAFFIK_LETTUCE = "traffikLettuce";
  public static final String TRAFFIK_JEDIS = "traffikJedis";
  public static final String BUCKET4J_LETTUCE = "bucket4jLettuce";
  public static final String BUCKET4J_JEDIS = "bucket4jJedis";
  public static final String REDISSON = "redisson";
  public static final String PING_LETTUCE = "pingLettuce";
  public static final String PING_JEDIS = "pingJedis";
  public static final String SCRIPT_LETTUCE = "scriptLettuce";
  public static final String SCRIPT_JEDIS = "scriptJedis";

  /** Traffik on each client library. */
  public static final List<String> TRAFFIK = List.of(TRAFFIK_LETTUCE, TRAFFIK_JEDIS);

  /** All names in the order of the report: Traffik, its peers, the baselines. */
  public static final List<String> ALL =
      List.of(
          TRAFFIK_LETTUCE,
          TRAFFIK_JEDIS,
          BUCKET4J_LETTUCE,
          BUCKET4J_JEDIS,
          REDISSON,
          PING_LETTUCE,
          PING_JEDIS,
          SCRIPT_LETTUCE,
          SCRIPT_JEDIS);

  private static final String NAMESPACE = "benchmark";

  /** A deadline that a short stall of a busy machine does not reach. */
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private RedisContenders() {}

  /** Creates the Redis backend on Lettuce. */
  public static Backend lettuce(URI server) {
    return RedisBackend.lettuce(NAMESPACE).uri(server.toString()).deadline(DEADLINE).build();
  }

  /** Creates a contender. */
  public static RedisLimiter create(String name, URI server, BenchmarkLimit limit) {
    return switch (name) {
      case TRAFFIK_LETTUCE -> new TraffikRedisLimiter(lettuce(server), limit);
      case TRAFFIK_JEDIS ->
          new TraffikRedisLimiter(
              RedisBackend.jedis(NAMESPACE).uri(server.toString()).deadline(DEADLINE).build(),
              limit);
      case BUCKET4J_LETTUCE -> Bucket4jRedis.lettuce(server, limit);
      case BUCKET4J_JEDIS -> Bucket4jRedis.jedis(server, limit);
      case REDISSON -> new RedissonLimiter(server, limit);
      case PING_LETTUCE -> new PingLettuce(server);
      case PING_JEDIS -> new PingJedis(server);
      case SCRIPT_LETTUCE -> MinimalScript.lettuce(server);
      case SCRIPT_JEDIS -> MinimalScript.jedis(server);
      default -> throw new IllegalArgumentException("Unknown contender: " + name);
    };
  }
}

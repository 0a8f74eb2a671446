package io.traffik.jmh;

import io.traffik.Backend;
import io.traffik.redis.RedisBackend;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** All contenders over Redis by the names that the benchmarks and the report call them. */
final class RedisContenders {

  static final String TRAFFIK_LETTUCE = "traffikLettuce";
  static final String TRAFFIK_JEDIS = "traffikJedis";
  static final String BUCKET4J_LETTUCE = "bucket4jLettuce";
  static final String BUCKET4J_JEDIS = "bucket4jJedis";
  static final String REDISSON = "redisson";
  static final String PING_LETTUCE = "pingLettuce";
  static final String PING_JEDIS = "pingJedis";
  static final String SCRIPT_LETTUCE = "scriptLettuce";
  static final String SCRIPT_JEDIS = "scriptJedis";

  /** In the order of the report. */
  static final List<String> ALL =
      List.of(
          TRAFFIK_LETTUCE,
          TRAFFIK_JEDIS,
          PING_LETTUCE,
          PING_JEDIS,
          SCRIPT_LETTUCE,
          SCRIPT_JEDIS,
          BUCKET4J_LETTUCE,
          BUCKET4J_JEDIS,
          REDISSON);

  private static final String NAMESPACE = "benchmark";

  /** Long enough for a run to outlast a machine that is busy with something else for a moment. */
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private RedisContenders() {}

  static Backend lettuce(URI server) {
    return RedisBackend.lettuce(NAMESPACE).uri(server.toString()).deadline(DEADLINE).build();
  }

  static RedisLimiter make(String name, URI server, Limit limit) {
    return switch (name) {
      case TRAFFIK_LETTUCE -> new TraffikRedis(lettuce(server), limit);
      case TRAFFIK_JEDIS ->
          new TraffikRedis(
              RedisBackend.jedis(NAMESPACE).uri(server.toString()).deadline(DEADLINE).build(),
              limit);
      case BUCKET4J_LETTUCE -> Bucket4jRedis.lettuce(server, limit);
      case BUCKET4J_JEDIS -> Bucket4jRedis.jedis(server, limit);
      case REDISSON -> new RedissonLimiter(server, limit);
      case PING_LETTUCE -> new PingLettuce(server);
      case PING_JEDIS -> new PingJedis(server);
      case SCRIPT_LETTUCE -> LeastScript.lettuce(server);
      case SCRIPT_JEDIS -> LeastScript.jedis(server);
      default -> throw new IllegalArgumentException("no such contender: " + name);
    };
  }
}

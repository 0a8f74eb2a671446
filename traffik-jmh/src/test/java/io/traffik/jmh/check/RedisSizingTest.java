package io.traffik.jmh.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Rate;
import io.traffik.redis.RedisBackend;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisProcess;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class RedisSizingTest {

  /** The figures that docs/operating-redis.md states. */
  @Test
  void memoryAndCommandsAreThoseOfTheDocumentation() {
    Assumptions.assumeTrue(RedisProcess.isAvailable(), "no redis-server for this machine");
    QuotaPolicy policy = QuotaPolicy.of("api", List.of(Rate.perMinute(100)));
    try (RedisProcess server = RedisProcess.start();
        RedisConnection admin = server.connect();
        RedisBackend backend =
            RedisBackend.jedis("sizing")
                .uri(server.uri().toString())
                .deadline(Duration.ofSeconds(10))
                .build()) {
      assertThat(RedisSizing.memoryUsage(admin, backend, policy)).isBetween(80L, 200L);
      assertThat(RedisSizing.bytesPerKey(admin, backend, policy)).isBetween(100.0, 300.0);
      assertThat(RedisSizing.cost(admin, backend, policy, 1).commands())
          .isEqualTo(Map.of("evalsha", 1.0, "time", 1.0, "get", 1.0, "set", 1.0));
      assertThat(RedisSizing.cost(admin, backend, policy, 100).commands())
          .isEqualTo(Map.of("evalsha", 1.0, "time", 1.0, "get", 1.0));
    }
  }
}

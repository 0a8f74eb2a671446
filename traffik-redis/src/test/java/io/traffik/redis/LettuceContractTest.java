package io.traffik.redis;

import io.traffik.Backend;
import io.traffik.redis.server.RedisServers;
import io.traffik.tck.BackendContract;
import java.time.Duration;

/** By Lettuce on a server alone, by the server's clock. */
final class LettuceContractTest extends BackendContract {

  @Override
  protected Backend backend(String namespace) {
    return RedisBackend.lettuce(namespace)
        .uri(RedisServers.standalone().uri().toString())
        .deadline(Duration.ofSeconds(10))
        .build();
  }

  @Override
  protected Duration grain() {
    return Duration.ofNanos(1_000);
  }

  @Override
  protected boolean sharesBuckets() {
    return true;
  }
}

package io.traffik.redis;

import io.traffik.Backend;
import io.traffik.redis.server.RedisServers;
import io.traffik.tck.BackendContract;
import io.traffik.tck.ManualClock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** By Lettuce on a server alone, by a clock that the kit moves, so that answers are exact. */
final class LettuceOnManualClockContractTest extends BackendContract {

  private final ManualClock clock = new ManualClock();

  @Override
  protected Backend backend(String namespace) {
    return RedisBackend.lettuce(namespace)
        .uri(RedisServers.standalone().uri().toString())
        .deadline(Duration.ofSeconds(10))
        .clock(() -> ChronoUnit.MICROS.between(java.time.Instant.EPOCH, clock.instant()))
        .build();
  }

  @Override
  protected ManualClock clock() {
    return clock;
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

package io.traffik.jmh.contender;

import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.RedisLimiter;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * Redisson's {@code RRateLimiter}. The period is one second whatever the limit, because the limiter
 * stores every permit of the current period.
 */
final class RedissonLimiter implements RedisLimiter {

  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final RedissonClient client;
  private final BenchmarkLimit limit;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  RedissonLimiter(URI server, BenchmarkLimit limit) {
    Config config = new Config();
    config.useSingleServer().setAddress(server.toString());
    this.client = Redisson.create(config);
    this.limit = limit;
  }

  @Override
  public boolean hit(String identity) {
    RRateLimiter limiter = client.getRateLimiter(identity);
    if (known.add(identity)) {
      limiter.trySetRate(RateType.OVERALL, limit.intCapacity(), PERIOD);
    }
    return limiter.tryAcquire();
  }

  @Override
  public void close() {
    client.shutdown();
  }
}

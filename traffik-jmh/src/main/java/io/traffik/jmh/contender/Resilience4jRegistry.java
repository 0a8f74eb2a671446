package io.traffik.jmh.contender;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import java.time.Duration;

/**
 * A Resilience4j {@code RateLimiter} per client from its registry, which only grows. It counts in
 * fixed windows: the whole capacity returns when a window ends. Callers do not wait for a permit.
 */
final class Resilience4jRegistry implements Limiter {

  private final RateLimiterRegistry limiters;
  private final int capacity;

  Resilience4jRegistry(BenchmarkLimit limit) {
    this.capacity = limit.intCapacity();
    this.limiters =
        RateLimiterRegistry.of(
            RateLimiterConfig.custom()
                .limitForPeriod(capacity)
                .limitRefreshPeriod(limit.fill())
                .timeoutDuration(Duration.ZERO)
                .build());
  }

  private RateLimiter limiter(String identity) {
    return limiters.rateLimiter(identity);
  }

  @Override
  public boolean hit(String identity) {
    return limiter(identity).acquirePermission();
  }

  @Override
  public void consumeHalf(String identity) {
    limiter(identity).acquirePermission(Math.max(1, capacity / 2));
  }

  @Override
  public long size() {
    return limiters.getAllRateLimiters().size();
  }
}

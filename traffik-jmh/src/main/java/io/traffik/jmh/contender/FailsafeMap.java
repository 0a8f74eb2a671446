package io.traffik.jmh.contender;

import dev.failsafe.RateLimiter;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A bursty Failsafe {@code RateLimiter} per client in a map that only grows. It counts in fixed
 * windows: the whole capacity returns when a window ends.
 */
final class FailsafeMap implements Limiter {

  private final ConcurrentHashMap<String, RateLimiter<Object>> limiters = new ConcurrentHashMap<>();
  private final int capacity;
  private final Function<String, RateLimiter<Object>> fresh;

  FailsafeMap(BenchmarkLimit limit) {
    this.capacity = limit.intCapacity();
    this.fresh = absent -> RateLimiter.burstyBuilder(capacity, limit.fill()).build();
  }

  private RateLimiter<Object> limiter(String identity) {
    return limiters.computeIfAbsent(identity, fresh);
  }

  @Override
  public boolean hit(String identity) {
    return limiter(identity).tryAcquirePermit();
  }

  @Override
  public void consumeHalf(String identity) {
    limiter(identity).tryAcquirePermits(Math.max(1, capacity / 2));
  }

  @Override
  public long size() {
    return limiters.mappingCount();
  }
}

package io.traffik.jmh.contender;

import com.google.common.util.concurrent.RateLimiter;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A Guava {@code RateLimiter} per client in a map that only grows. It has no capacity: it starts
 * with one permit and saves the permits of one second at most. A limit that always allows is
 * therefore a rate that no caller reaches.
 */
final class GuavaMap implements Limiter {

  private static final double NEVER_REACHED = 1e9;

  private final ConcurrentHashMap<String, RateLimiter> limiters = new ConcurrentHashMap<>();
  private final Function<String, RateLimiter> fresh;

  GuavaMap(BenchmarkLimit limit) {
    double permitsPerSecond =
        limit.equals(BenchmarkLimit.ALWAYS_ALLOWED)
            ? NEVER_REACHED
            : 1e9 / limit.perToken().toNanos();
    this.fresh = absent -> RateLimiter.create(permitsPerSecond);
  }

  private RateLimiter limiter(String identity) {
    return limiters.computeIfAbsent(identity, fresh);
  }

  @Override
  public boolean hit(String identity) {
    return limiter(identity).tryAcquire();
  }

  @Override
  public void consumeHalf(String identity) {
    hit(identity);
  }

  @Override
  public long size() {
    return limiters.mappingCount();
  }
}

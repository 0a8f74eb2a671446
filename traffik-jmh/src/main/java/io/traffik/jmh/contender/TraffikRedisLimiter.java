package io.traffik.jmh.contender;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.RedisLimiter;
import io.traffik.spi.QuotaPolicy;

/** Traffik's buckets in Redis, called as a throttle calls them. */
final class TraffikRedisLimiter implements RedisLimiter {

  private final Backend backend;
  private final QuotaPolicy policy;

  TraffikRedisLimiter(Backend backend, BenchmarkLimit limit) {
    this.backend = backend;
    this.policy = TraffikLimiter.policy(limit);
    backend.open();
  }

  @Override
  public boolean hit(String identity) {
    return backend.decideSingle(Operation.HIT, policy, identity, TraffikLimiter.SCOPE, 1, 0) >= 0;
  }

  @Override
  public void close() {
    backend.close();
  }
}

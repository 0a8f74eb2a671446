package io.traffik.jmh;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;

/** Traffik's buckets in Redis, asked as a throttle asks them. */
final class TraffikRedis implements RedisLimiter {

  private final Backend backend;
  private final QuotaPolicy policy;

  TraffikRedis(Backend backend, Limit limit) {
    this.backend = backend;
    this.policy = TraffikLimiter.policy(limit);
    backend.open();
  }

  @Override
  public boolean hit(String identity) {
    return backend.decideSingle(Operation.HIT, policy, identity, TraffikLimiter.SCOPE, 1) >= 0;
  }

  @Override
  public void close() {
    backend.close();
  }
}

package io.traffik.jmh.contender;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.QuotaPolicy;
import java.util.List;

/**
 * Traffik's store in memory, asked as a throttle asks it. The scope is a route, as it is unless
 * chosen otherwise, so a key is longer here than those of the contenders whose users key by client
 * alone.
 */
public final class TraffikLimiter implements Limiter {

  public static final String UID = "api";
  public static final String SCOPE = "GET /users/{id}";

  private final InMemoryBackend backend;
  private final QuotaPolicy policy;

  public TraffikLimiter(BenchmarkLimit limit, int bound) {
    this.backend = InMemoryBackend.builder("benchmark").maxKeys(bound).build();
    this.policy = policy(limit);
  }

  public static QuotaPolicy policy(BenchmarkLimit limit) {
    return QuotaPolicy.of(UID, List.of(rate(limit)));
  }

  public static Rate rate(BenchmarkLimit limit) {
    return Rate.of(1, limit.perToken()).withCapacity(limit.capacity());
  }

  @Override
  public boolean hit(String identity) {
    return backend.decideSingle(Operation.HIT, policy, identity, SCOPE, 1, 0) >= 0;
  }

  @Override
  public void consumeHalf(String identity) {
    backend.decideSingle(Operation.HIT, policy, identity, SCOPE, (policy.capacity() + 1) / 2, 0);
  }

  @Override
  public long size() {
    return backend.size();
  }
}

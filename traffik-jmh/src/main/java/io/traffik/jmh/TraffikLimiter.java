package io.traffik.jmh;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.QuotaPolicy;
import java.util.List;

/**
 * Traffik's store in memory, asked as a throttle asks it. The scope is a route, as it is unless
 * chosen otherwise, so a key is longer here than those of the contenders whose users key by client
 * alone.
 */
final class TraffikLimiter implements Limiter {

  static final String UID = "api";
  static final String SCOPE = "GET /users/{id}";

  private final InMemoryBackend backend;
  private final QuotaPolicy policy;

  TraffikLimiter(Limit limit, int bound) {
    this.backend = InMemoryBackend.builder("benchmark").maxKeys(bound).build();
    this.policy = policy(limit);
  }

  static QuotaPolicy policy(Limit limit) {
    return QuotaPolicy.of(UID, List.of(rate(limit)));
  }

  static Rate rate(Limit limit) {
    return Rate.of(1, limit.perToken()).withCapacity(limit.capacity());
  }

  @Override
  public boolean hit(String identity) {
    return backend.decideSingle(Operation.HIT, policy, identity, SCOPE, 1) >= 0;
  }

  @Override
  public void admit(String identity) {
    backend.decideSingle(Operation.HIT, policy, identity, SCOPE, (policy.capacity() + 1) / 2);
  }

  @Override
  public long size() {
    return backend.size();
  }
}

package io.traffik.jmh.contender;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.QuotaPolicy;
import java.util.List;

/**
 * Traffik's in-memory store, called as a throttle calls it. The key includes a route, as it does by
 * default, so it is longer than the keys of its peers.
 */
public final class TraffikLimiter implements Limiter {

  /** The name of the throttle in the key. */
  public static final String UID = "api";

  /** The route in the key. */
  public static final String SCOPE = "GET /users/{id}";

  private final InMemoryBackend backend;
  private final QuotaPolicy policy;

  /** Creates a store that holds at most {@code bound} clients. */
  public TraffikLimiter(BenchmarkLimit limit, int bound) {
    this.backend = InMemoryBackend.builder("benchmark").maxKeys(bound).build();
    this.policy = policy(limit);
  }

  /** Returns the limit as a policy of one rate. */
  public static QuotaPolicy policy(BenchmarkLimit limit) {
    return QuotaPolicy.of(UID, List.of(rate(limit)));
  }

  /** Returns the limit as a rate. */
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

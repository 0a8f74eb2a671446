package io.traffik.redis.script;

import io.traffik.spi.BackendCall;
import io.traffik.spi.KeyEncoder;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A bounded cache of prepared policies, in which equal policies share an entry. */
public final class PreparedPolicies {

  /** The cache is cleared at this size, for applications that keep creating throttles. */
  static final int MAX_SIZE = 1_000;

  private final KeyEncoder keys;
  private final @Nullable LongSupplier clock;
  private final ConcurrentMap<QuotaPolicy, PreparedPolicy> cache = new ConcurrentHashMap<>();

  /**
   * @param clock microseconds since 1970, for tests; null for the server's clock
   */
  public PreparedPolicies(KeyEncoder keys, @Nullable LongSupplier clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /** The prepared form of a policy. */
  public PreparedPolicy of(QuotaPolicy policy) {
    PreparedPolicy cached = cache.get(policy);
    return cached != null ? cached : prepare(policy);
  }

  /**
   * Calls that are decided together.
   *
   * @param oneKeyEach whether each script call may have only one key, as in a cluster
   */
  public ScriptBatch batch(List<BackendCall> calls, boolean oneKeyEach) {
    return new ScriptBatch(
        calls,
        this,
        clock,
        oneKeyEach ? ScriptBatch.Grouping.BATCH_BY_KEY : ScriptBatch.Grouping.BATCH);
  }

  /** Hits that are decided all or nothing, in one script call. */
  public ScriptBatch together(List<BackendCall> hits) {
    return new ScriptBatch(hits, this, clock, ScriptBatch.Grouping.TOGETHER);
  }

  private PreparedPolicy prepare(QuotaPolicy policy) {
    if (cache.size() >= MAX_SIZE) {
      cache.clear();
    }
    PreparedPolicy prepared = new PreparedPolicy(policy, keys, clock);
    cache.put(policy, prepared);
    return prepared;
  }

  int size() {
    return cache.size();
  }
}

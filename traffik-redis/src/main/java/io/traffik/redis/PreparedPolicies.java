package io.traffik.redis;

import io.traffik.spi.KeyEncoder;
import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Policies by their identity, of which an application has few: one per throttle. */
final class PreparedPolicies {

  /** Throttles that are made anew all the time must not pile up here. */
  static final int MOST = 1_000;

  private final KeyEncoder keys;
  private final @Nullable LongSupplier clock;
  private final ConcurrentMap<QuotaPolicy, PreparedPolicy> prepared = new ConcurrentHashMap<>();

  PreparedPolicies(KeyEncoder keys, @Nullable LongSupplier clock) {
    this.keys = keys;
    this.clock = clock;
  }

  PreparedPolicy of(QuotaPolicy policy) {
    PreparedPolicy known = prepared.get(policy);
    return known != null ? known : prepare(policy);
  }

  private PreparedPolicy prepare(QuotaPolicy policy) {
    if (prepared.size() >= MOST) {
      prepared.clear();
    }
    PreparedPolicy made = new PreparedPolicy(policy, keys, clock);
    prepared.put(policy, made);
    return made;
  }

  int size() {
    return prepared.size();
  }
}

package io.traffik.memory;

import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The hashed prefixes of the throttles and routes in use, in a small open-addressing table. Most
 * hits find their prefix in the first slot. Any number of threads may use the table without a lock:
 * a thread that does not see an entry hashes the prefix again.
 */
abstract sealed class KeyPrefixCache permits KeyHash {

  /** Enough for the routes of most applications; of more routes, some are hashed at every hit. */
  private static final int SLOTS = 256;

  /** The slots that may hold a prefix: eight, because even twenty routes collide in some slots. */
  private static final int PROBES = 8;

  /** Of this many hits without a free slot, one replaces a cached prefix. */
  private static final int REPLACEMENT_ODDS = 64;

  final long seed0;
  final long seed1;
  final RateListRegistry lists;
  private final RateIndexCache indices;

  private final @Nullable KeyPrefix[] prefixes = new KeyPrefix[SLOTS];

  KeyPrefixCache(RateListRegistry lists, long seed0, long seed1) {
    this.lists = lists;
    this.indices = new RateIndexCache(lists);
    this.seed0 = seed0;
    this.seed1 = seed1;
  }

  /**
   * The cached prefix, which may be new in the cache. It is null if the cache has no slot for it,
   * or if the policy's list of rates has no index yet.
   */
  final @Nullable KeyPrefix prefix(QuotaPolicy policy, String scope, boolean wide) {
    int slot = (policy.uid().hashCode() * 31 + scope.hashCode() + (wide ? 1 : 0)) & (SLOTS - 1);
    KeyPrefix cached = prefixes[slot];
    if (cached != null && cached.matches(policy, scope, wide)) {
      return cached;
    }
    return probe(slot, policy, scope, wide);
  }

  /** The index of the policy's list of rates, or {@link RateIndexCache#NONE}. */
  @SuppressWarnings("ReferenceEquality") // an equal policy has the same index
  final int indexOf(QuotaPolicy policy, KeyPrefix prefix) {
    return prefix.policy == policy ? prefix.rates : indices.indexOf(policy);
  }

  private @Nullable KeyPrefix probe(int first, QuotaPolicy policy, String scope, boolean wide) {
    for (int i = 0; i < PROBES; i++) {
      int slot = (first + i) & (SLOTS - 1);
      KeyPrefix cached = prefixes[slot];
      if (cached == null) {
        return add(slot, policy, scope, wide);
      }
      if (cached.matches(policy, scope, wide)) {
        return cached;
      }
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    // A scope may be a path that a client invented. Such scopes must not displace the routes.
    if (random.nextInt(REPLACEMENT_ODDS) != 0) {
      return null;
    }
    return add((first + random.nextInt(PROBES)) & (SLOTS - 1), policy, scope, wide);
  }

  private @Nullable KeyPrefix add(int slot, QuotaPolicy policy, String scope, boolean wide) {
    int rates = indices.indexOf(policy);
    if (rates == RateIndexCache.NONE) {
      return null;
    }
    KeyPrefix added = new KeyPrefix(new SipState(seed0, seed1), policy, rates, scope, wide);
    prefixes[slot] = added;
    return added;
  }
}

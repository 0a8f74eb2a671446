package io.traffik.memory;

import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The hashed prefixes of the policies and routes in use, in a small open-addressing table. Most
 * hits find theirs in the first slot. Safe for any number of threads without a lock: a thread that
 * does not see an entry hashes the prefix again.
 */
abstract sealed class KeyPrefixCache permits KeyHash {

  /** Enough for the routes of most applications; some of a larger number are hashed every time. */
  private static final int SLOTS = 256;

  /** The slots that may hold a prefix: some of twenty routes collide by chance. */
  private static final int PROBES = 8;

  /** One of this many prefixes without a free slot replaces a cached one. */
  private static final int REPLACEMENT_ODDS = 64;

  final long seed0;
  final long seed1;
  final RateListRegistry lists;

  private final @Nullable KeyPrefix[] prefixes = new KeyPrefix[SLOTS];

  KeyPrefixCache(RateListRegistry lists, long seed0, long seed1) {
    this.lists = lists;
    this.seed0 = seed0;
    this.seed1 = seed1;
  }

  /** The cached prefix, which may be new in the cache; null if the cache has no slot for it. */
  final @Nullable KeyPrefix prefix(QuotaPolicy policy, String scope, boolean wide) {
    int slot = (policy.hashCode() * 31 + scope.hashCode() + (wide ? 1 : 0)) & (SLOTS - 1);
    KeyPrefix cached = prefixes[slot];
    if (cached != null && cached.matches(policy, scope, wide)) {
      return cached;
    }
    return probe(slot, policy, scope, wide);
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

  private KeyPrefix add(int slot, QuotaPolicy policy, String scope, boolean wide) {
    RateList rates = lists.of(policy.rates());
    KeyPrefix added = new KeyPrefix(new SipState(seed0, seed1), policy, rates, scope, wide);
    prefixes[slot] = added;
    return added;
  }
}

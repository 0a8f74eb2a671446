package io.traffik.memory;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The hashed prefixes of the routes in use, in a small open-addressing table. Most hits find theirs
 * in the first slot. Safe for any number of threads without a lock: a thread that does not see an
 * entry hashes the prefix again.
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

  private final @Nullable KeyPrefix[] prefixes = new KeyPrefix[SLOTS];

  KeyPrefixCache(long seed0, long seed1) {
    this.seed0 = seed0;
    this.seed1 = seed1;
  }

  /** The cached prefix, which may be new in the cache; null if the cache has no slot for it. */
  final @Nullable KeyPrefix prefix(String uid, String scope, boolean wide) {
    int slot = (uid.hashCode() * 31 + scope.hashCode() + (wide ? 1 : 0)) & (SLOTS - 1);
    KeyPrefix cached = prefixes[slot];
    if (cached != null && cached.matches(uid, scope, wide)) {
      return cached;
    }
    return probe(slot, uid, scope, wide);
  }

  private @Nullable KeyPrefix probe(int first, String uid, String scope, boolean wide) {
    for (int i = 0; i < PROBES; i++) {
      int slot = (first + i) & (SLOTS - 1);
      KeyPrefix cached = prefixes[slot];
      if (cached == null) {
        return add(slot, uid, scope, wide);
      }
      if (cached.matches(uid, scope, wide)) {
        return cached;
      }
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    // A scope may be a path that a client invented. Such scopes must not displace the routes.
    if (random.nextInt(REPLACEMENT_ODDS) != 0) {
      return null;
    }
    return add((first + random.nextInt(PROBES)) & (SLOTS - 1), uid, scope, wide);
  }

  private KeyPrefix add(int slot, String uid, String scope, boolean wide) {
    KeyPrefix added = new KeyPrefix(new SipState(seed0, seed1), uid, scope, wide);
    prefixes[slot] = added;
    return added;
  }
}

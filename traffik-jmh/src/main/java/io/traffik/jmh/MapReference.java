package io.traffik.jmh;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one would write by hand: a map from a key to the instant at which its bucket is full again,
 * with Traffik's arithmetic and one compare-and-set per grant. The key is the same tuple as
 * Traffik's, joined to a string with every call; unlike Traffik's it can be forged by a client that
 * may choose characters, the map's hash can be flooded, nothing is ever forgotten, and there is no
 * bound.
 */
final class MapReference implements Limiter {

  private final ConcurrentHashMap<String, AtomicLong> fullAt = new ConcurrentHashMap<>();
  private final Gcra gcra;

  MapReference(Limit limit) {
    this.gcra = new Gcra(limit);
  }

  private AtomicLong state(String identity) {
    String key = TraffikLimiter.UID + ":" + TraffikLimiter.SCOPE + ":" + identity;
    // Read first: computeIfAbsent may lock even where the key is there.
    AtomicLong state = fullAt.get(key);
    return state != null ? state : fullAt.computeIfAbsent(key, absent -> new AtomicLong());
  }

  @Override
  public boolean hit(String identity) {
    AtomicLong state = state(identity);
    while (true) {
      long stored = state.get();
      long next = gcra.afterHit(stored);
      if (next == Gcra.DENIED) {
        return false;
      }
      if (state.compareAndSet(stored, next)) {
        return true;
      }
    }
  }

  @Override
  public void admit(String identity) {
    state(identity).set(gcra.halfEmpty());
  }

  @Override
  public long size() {
    return fullAt.mappingCount();
  }
}

package io.traffik.jmh.baseline;

import io.traffik.jmh.contender.TraffikLimiter;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one would write by hand: a map from a key to the instant at which its bucket is full again,
 * with Traffik's arithmetic and one compare-and-set per grant. The key is the same tuple as
 * Traffik's, joined to a string with every call; unlike Traffik's it can be forged by a client that
 * may choose characters, the map's hash can be flooded, nothing is ever forgotten, and there is no
 * bound.
 */
public final class ConcurrentHashMapBaseline implements Limiter {

  private final ConcurrentHashMap<String, AtomicLong> fullAt = new ConcurrentHashMap<>();
  private final GcraState gcra;

  public ConcurrentHashMapBaseline(BenchmarkLimit limit) {
    this.gcra = new GcraState(limit);
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
      if (next == GcraState.DENIED) {
        return false;
      }
      if (state.compareAndSet(stored, next)) {
        return true;
      }
    }
  }

  @Override
  public void consumeHalf(String identity) {
    state(identity).set(gcra.halfEmpty());
  }

  @Override
  public long size() {
    return fullAt.mappingCount();
  }
}

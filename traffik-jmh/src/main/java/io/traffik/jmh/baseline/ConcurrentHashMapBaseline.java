package io.traffik.jmh.baseline;

import io.traffik.jmh.contender.TraffikLimiter;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A limiter as one would write it by hand: a map from a key to the instant at which the bucket is
 * full again, with one compare-and-set per allowed hit. Arithmetic and key are Traffik's, but the
 * key is joined to a string on every call.
 *
 * <p>Unlike Traffik it has no bound and never forgets. A client may forge another client's key, or
 * flood one bin of the map.
 */
public final class ConcurrentHashMapBaseline implements Limiter {

  private final ConcurrentHashMap<String, AtomicLong> fullAt = new ConcurrentHashMap<>();
  private final GcraState gcra;

  /** Creates an empty map. */
  public ConcurrentHashMapBaseline(BenchmarkLimit limit) {
    this.gcra = new GcraState(limit);
  }

  private AtomicLong state(String identity) {
    String key = TraffikLimiter.UID + ":" + TraffikLimiter.SCOPE + ":" + identity;
    // computeIfAbsent may lock even if the key is present.
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

package io.traffik.jmh;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * Two threads that hit a limiter, and in between watch clients that had been throttled before and
 * must stay so. What goes wrong is counted, not thrown, so that one sees how much.
 */
final class Flood {

  static final int THREADS = 2;

  private static final int VICTIMS = 100;
  private static final int HITS_PER_WATCH = 1_000;
  private static final int HITS_PER_COUNT = 50_000;

  private final int bound;
  private final String[] victims = new String[VICTIMS];
  private final AtomicLong watched = new AtomicLong();
  private final AtomicLong freed = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong overBound = new AtomicLong();

  Flood(int bound) {
    this.bound = bound;
  }

  /** Takes all tokens of some clients, who are none of those that flood. */
  void exhaustVictims(Limiter limiter) {
    for (int i = 0; i < VICTIMS; i++) {
      victims[i] = "victim-" + i;
      for (long taken = 0; taken < Limit.DAILY.capacity(); taken++) {
        limiter.hit(victims[i]);
      }
    }
  }

  /**
   * Hits a limiter with one client after another.
   *
   * @param clients the identity of each hit by its place
   * @return nanoseconds per hit and thread
   */
  double run(Limiter limiter, IntFunction<String> clients, int hits) throws InterruptedException {
    Thread[] threads = new Thread[THREADS];
    long start = System.nanoTime();
    for (int t = 0; t < THREADS; t++) {
      int first = t;
      threads[t] = new Thread(() -> hitAll(limiter, clients, first, hits), "flood-" + t);
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return (double) (System.nanoTime() - start) * THREADS / hits;
  }

  private void hitAll(Limiter limiter, IntFunction<String> clients, int first, int hits) {
    for (int i = first; i < hits; i += THREADS) {
      try {
        if (!limiter.hit(clients.apply(i))) {
          refused.incrementAndGet();
        }
        if (i / THREADS % HITS_PER_WATCH == 0 && victims[0] != null) {
          watch(limiter, i / THREADS / HITS_PER_WATCH % VICTIMS);
        }
        if (i / THREADS % HITS_PER_COUNT == 0 && limiter.size() > bound) {
          overBound.incrementAndGet();
        }
      } catch (RuntimeException | Error e) {
        failed.incrementAndGet();
      }
    }
  }

  private void watch(Limiter limiter, int victim) {
    watched.incrementAndGet();
    if (limiter.hit(victims[victim])) {
      freed.incrementAndGet();
    }
  }

  /** How often a throttled client was hit in between. */
  long watched() {
    return watched.get();
  }

  /** How often that was allowed. */
  long freed() {
    return freed.get();
  }

  /** How many hits of other clients were denied. */
  long refused() {
    return refused.get();
  }

  /** How many hits threw. */
  long failed() {
    return failed.get();
  }

  /** How often the limiter was seen to hold more clients than it may. */
  long overBound() {
    return overBound.get();
  }
}

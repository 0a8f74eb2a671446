package io.traffik.jmh.check;

import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * Two threads that hit a limiter, and in between watch clients that had been throttled before and
 * must stay so. What goes wrong is counted, not thrown, so that one sees how much.
 */
final class FloodRun {

  static final int THREADS = 2;

  private static final int THROTTLED_CLIENTS = 100;
  private static final int HITS_PER_PROBE = 1_000;
  private static final int HITS_PER_SIZE_CHECK = 50_000;

  private final int bound;
  private final String[] throttledClients = new String[THROTTLED_CLIENTS];
  private final AtomicLong probes = new AtomicLong();
  private final AtomicLong wronglyAllowed = new AtomicLong();
  private final AtomicLong wronglyDenied = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong boundViolations = new AtomicLong();

  FloodRun(int bound) {
    this.bound = bound;
  }

  /** Takes all tokens of some clients, who are none of those that flood. */
  void exhaustThrottledClients(Limiter limiter) {
    for (int i = 0; i < THROTTLED_CLIENTS; i++) {
      throttledClients[i] = "victim-" + i;
      for (long taken = 0; taken < BenchmarkLimit.HUNDRED_PER_DAY.capacity(); taken++) {
        limiter.hit(throttledClients[i]);
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
          wronglyDenied.incrementAndGet();
        }
        if (i / THREADS % HITS_PER_PROBE == 0 && throttledClients[0] != null) {
          probe(limiter, i / THREADS / HITS_PER_PROBE % THROTTLED_CLIENTS);
        }
        if (i / THREADS % HITS_PER_SIZE_CHECK == 0 && limiter.size() > bound) {
          boundViolations.incrementAndGet();
        }
      } catch (RuntimeException | Error e) {
        failures.incrementAndGet();
      }
    }
  }

  private void probe(Limiter limiter, int victim) {
    probes.incrementAndGet();
    if (limiter.hit(throttledClients[victim])) {
      wronglyAllowed.incrementAndGet();
    }
  }

  /** How often a throttled client was hit in between. */
  long probes() {
    return probes.get();
  }

  /** How often that was allowed. */
  long wronglyAllowed() {
    return wronglyAllowed.get();
  }

  /** How many hits of other clients were denied. */
  long wronglyDenied() {
    return wronglyDenied.get();
  }

  /** How many hits threw. */
  long failures() {
    return failures.get();
  }

  /** How often the limiter was seen to hold more clients than it may. */
  long boundViolations() {
    return boundViolations.get();
  }
}

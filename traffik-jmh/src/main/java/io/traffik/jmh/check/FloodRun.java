package io.traffik.jmh.check;

import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * Two threads that hit a limiter, and from time to time probe clients that were throttled before
 * and must stay so. Wrong answers are counted, not thrown.
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

  /** Takes all tokens of some clients that are not part of the flood. */
  void exhaustThrottledClients(Limiter limiter) {
    for (int i = 0; i < THROTTLED_CLIENTS; i++) {
      throttledClients[i] = "throttled-" + i;
      for (long taken = 0; taken < BenchmarkLimit.HUNDRED_PER_DAY.capacity(); taken++) {
        limiter.hit(throttledClients[i]);
      }
    }
  }

  /**
   * Hits a limiter with one client after another.
   *
   * @param clients the identity of each hit by its index
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

  private void probe(Limiter limiter, int client) {
    probes.incrementAndGet();
    if (limiter.hit(throttledClients[client])) {
      wronglyAllowed.incrementAndGet();
    }
  }

  /** Returns the number of hits of throttled clients. */
  long probes() {
    return probes.get();
  }

  /** Returns the number of those hits that were allowed. */
  long wronglyAllowed() {
    return wronglyAllowed.get();
  }

  /** Returns the number of denied hits of other clients. */
  long wronglyDenied() {
    return wronglyDenied.get();
  }

  /** Returns the number of hits that threw. */
  long failures() {
    return failures.get();
  }

  /** Returns the number of times that the limiter held more clients than its bound. */
  long boundViolations() {
    return boundViolations.get();
  }
}

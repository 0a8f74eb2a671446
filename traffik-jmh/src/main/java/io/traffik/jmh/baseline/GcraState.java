package io.traffik.jmh.baseline;

import io.traffik.jmh.workload.BenchmarkLimit;

/**
 * The arithmetic of the in-memory baselines. As in Traffik, the state of a bucket is the instant at
 * which it is full again; zero is a full bucket.
 */
final class GcraState {

  /** The result of {@link #afterHit} for a denied hit. */
  static final long DENIED = -1;

  private final long origin = System.nanoTime();
  private final long interval;
  private final long fill;

  GcraState(BenchmarkLimit limit) {
    this.interval = limit.perToken().toNanos();
    this.fill = limit.fill().toNanos();
  }

  /** Returns the state after a hit now, or {@link #DENIED}. */
  long afterHit(long fullAt) {
    long now = System.nanoTime() - origin;
    long next = Math.max(fullAt, now) + interval;
    return next - now > fill ? DENIED : next;
  }

  /** Returns the state of a bucket that lacks half of its tokens, at least one. */
  long halfEmpty() {
    return System.nanoTime() - origin + Math.max(interval, fill / 2);
  }
}

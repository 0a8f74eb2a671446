package io.traffik.jmh.baseline;

import io.traffik.jmh.workload.BenchmarkLimit;

/**
 * The arithmetic of the references: a bucket is the instant at which it is full again, as in
 * Traffik. Zero is a full bucket.
 */
final class GcraState {

  /** Told in place of a next state. */
  static final long DENIED = -1;

  private final long origin = System.nanoTime();
  private final long interval;
  private final long fill;

  GcraState(BenchmarkLimit limit) {
    this.interval = limit.perToken().toNanos();
    this.fill = limit.fill().toNanos();
  }

  /** The state after a hit now, or {@link #DENIED}. */
  long afterHit(long fullAt) {
    long now = System.nanoTime() - origin;
    long next = Math.max(fullAt, now) + interval;
    return next - now > fill ? DENIED : next;
  }

  /** The state of a bucket that lacks half of its tokens, or its only one. */
  long halfEmpty() {
    return System.nanoTime() - origin + Math.max(interval, fill / 2);
  }
}

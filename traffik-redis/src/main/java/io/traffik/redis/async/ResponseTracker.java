package io.traffik.redis.async;

/**
 * The time for which a server has not answered. It starts at the last timely answer, or at the
 * first call to an idle server. Thread-safe.
 */
final class ResponseTracker {

  /** Frequent writes would make threads wait for each other's caches. */
  static final long RESOLUTION_NANOS = 100_000;

  private volatile long silentSince;

  /** Records the first call to an idle server, or a timely answer. */
  void update(long now) {
    if (now - silentSince > RESOLUTION_NANOS) {
      silentSince = now;
    }
  }

  /** The time without a timely answer, while calls are in flight. */
  long silentNanos(long now) {
    return now - silentSince;
  }
}

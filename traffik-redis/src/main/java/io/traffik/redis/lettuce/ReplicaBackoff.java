package io.traffik.redis.lettuce;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The pauses before a connection to a replica is closed, so that another one may lead to the
 * master. The first is closed at once, as after a failover. The pauses then grow: the same server
 * may answer again, and remain a replica. Thread-safe.
 */
final class ReplicaBackoff {

  private static final long MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int MAX_DOUBLINGS = 6;

  /** After this time without a replica, the next one is left at once again. */
  private static final long RESET_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final AtomicBoolean leaving = new AtomicBoolean();

  // Accessed by the caller that leaves.
  private int left;
  private long lastLeftAt;

  /**
   * Begins to leave a replica.
   *
   * @param now the instant of {@link System#nanoTime}
   * @return the pause before, or -1 if another caller has begun
   */
  long begin(long now) {
    if (!leaving.compareAndSet(false, true)) {
      return -1;
    }
    if (now - lastLeftAt > RESET_NANOS) {
      left = 0;
    }
    return left == 0 ? 0 : MIN_NANOS << Math.min(left, MAX_DOUBLINGS);
  }

  /** Ends what {@link #begin} has begun. */
  void end(long now) {
    left++;
    lastLeftAt = now;
    leaving.set(false);
  }
}

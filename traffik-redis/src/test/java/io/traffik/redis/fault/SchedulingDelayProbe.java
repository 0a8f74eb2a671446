package io.traffik.redis.fault;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the scheduling delay of this machine: a thread that repeatedly sleeps one millisecond
 * and records by how much it overslept. An answer passes through three threads: the timer's, the
 * client's and the caller's.
 */
final class SchedulingDelayProbe extends Thread {

  private static final long SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int THREADS_PER_ANSWER = 3;

  private volatile long maxDelayNanos;
  private volatile boolean stopped;

  SchedulingDelayProbe() {
    super("scheduling-delay-probe");
    setDaemon(true);
  }

  @Override
  public void run() {
    while (!stopped) {
      long start = System.nanoTime();
      LockSupport.parkNanos(SLEEP_NANOS);
      maxDelayNanos = Math.max(maxDelayNanos, System.nanoTime() - start - SLEEP_NANOS);
    }
  }

  /** The largest delay that scheduling may have added to an answer. */
  long maxDelayNanos() {
    return THREADS_PER_ANSWER * maxDelayNanos;
  }

  void stopProbe() {
    stopped = true;
  }
}

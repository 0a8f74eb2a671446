package io.traffik.redis.fault;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long this machine keeps threads waiting that are due: a thread that sleeps a millisecond
 * again and again, and sees by how much it overslept. An answer passes through three threads, that
 * of the timer, that of the client, and the caller's.
 */
final class Pauses extends Thread {

  private static final long SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int THREADS_OF_AN_ANSWER = 3;

  private volatile long longestNanos;
  private volatile boolean ended;

  Pauses() {
    super("pauses");
    setDaemon(true);
  }

  @Override
  public void run() {
    while (!ended) {
      long start = System.nanoTime();
      LockSupport.parkNanos(SLEEP_NANOS);
      longestNanos = Math.max(longestNanos, System.nanoTime() - start - SLEEP_NANOS);
    }
  }

  /** What an answer may have been held up by. */
  long longestNanos() {
    return THREADS_OF_AN_ANSWER * longestNanos;
  }

  void end() {
    ended = true;
  }
}

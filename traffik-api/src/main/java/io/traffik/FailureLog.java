package io.traffik;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Logs failures, at most one in ten seconds: a flood of requests must not become one of log lines.
 */
final class FailureLog {

  private static final Logger LOGGER = System.getLogger(Throttle.class.getName());
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final AtomicLong silentUntil = new AtomicLong(System.nanoTime());
  private final AtomicLong unreported = new AtomicLong();

  void warn(String message, Throwable failure) {
    long now = System.nanoTime();
    long until = silentUntil.get();
    if (now - until < 0 || !silentUntil.compareAndSet(until, now + PAUSE_NANOS)) {
      unreported.incrementAndGet();
      return;
    }
    long more = unreported.getAndSet(0);
    LOGGER.log(
        Level.WARNING,
        more == 0 ? message : message + " (" + more + " more since the last report)",
        failure);
  }
}

package io.traffik;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Logs at most one failure in ten seconds, so that a flood of requests does not flood the log. */
final class FailureLog {

  private static final Logger LOGGER = System.getLogger(Throttle.class.getName());
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final AtomicLong nextReport = new AtomicLong(System.nanoTime());
  private final AtomicLong suppressed = new AtomicLong();

  void warn(String message, Throwable failure) {
    long now = System.nanoTime();
    long next = nextReport.get();
    if (now - next < 0 || !nextReport.compareAndSet(next, now + INTERVAL_NANOS)) {
      suppressed.incrementAndGet();
      return;
    }
    long more = suppressed.getAndSet(0);
    LOGGER.log(
        Level.WARNING,
        more == 0 ? message : message + " (" + more + " more since the last report)",
        failure);
  }
}

package io.traffik.redis.server;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a state that a server reaches without further commands. */
public final class Condition {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private Condition() {}

  /**
   * Waits for a condition, at most 30 seconds. A condition that throws an exception of a Redis
   * connection counts as false.
   *
   * @param what the name of the condition, for the message
   */
  public static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    RuntimeException last = null;
    while (true) {
      try {
        if (condition.getAsBoolean()) {
          return;
        }
        last = null;
      } catch (UncheckedIOException | RedisErrorException e) {
        last = e;
      }
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            "condition not met within " + TIMEOUT.toSeconds() + " s: " + what, last);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}

package io.traffik.redis.server;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Something that a server will come to by itself. */
public final class Condition {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private Condition() {}

  /**
   * Waits until it holds, at most half a minute. A server that cannot be asked, or that answers
   * with an error, is not yet there.
   *
   * @param what names what is awaited, for the message
   */
  public static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
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
            "not so after " + PATIENCE.toSeconds() + " s: " + what, last);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}

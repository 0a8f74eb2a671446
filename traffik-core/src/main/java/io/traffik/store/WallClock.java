package io.traffik.store;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A wall clock in nanoseconds since 1970. Instants outside the range from 0 to 2<sup>62</sup> − 1
 * (the year 2116) read as the nearest end of the range. The clock stores its latest reading. From
 * it, callers can distinguish a clock that was set back from one that was always behind.
 */
final class WallClock {

  static final long MAX_NANOS = (1L << 62) - 1;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final InstantSource source;
  private final AtomicLong latest = new AtomicLong();

  WallClock(InstantSource source) {
    this.source = source;
  }

  /** Reads the clock. */
  long read() {
    long now = nanos(source.instant());
    if (now > latest.get()) {
      latest.accumulateAndGet(now, Math::max);
    }
    return now;
  }

  /** The latest of all readings so far; 0 before the first. */
  long latest() {
    return latest.get();
  }

  private static long nanos(Instant instant) {
    long seconds = instant.getEpochSecond();
    if (seconds < 0) {
      return 0;
    }
    return seconds >= MAX_NANOS / NANOS_PER_SECOND
        ? MAX_NANOS
        : seconds * NANOS_PER_SECOND + instant.getNano();
  }
}

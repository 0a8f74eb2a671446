package io.traffik.store;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A wall clock as nanoseconds since 1970, from 0 to 2<sup>62</sup> − 1 (the year 2116): it stands
 * still before and after. It remembers how late it has ever been, which tells a clock that was set
 * back from one that was always behind others.
 */
final class WallClock {

  static final long LATEST = (1L << 62) - 1;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final InstantSource source;
  private final AtomicLong latest = new AtomicLong();

  WallClock(InstantSource source) {
    this.source = source;
  }

  /** The present. */
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
    return seconds >= LATEST / NANOS_PER_SECOND
        ? LATEST
        : seconds * NANOS_PER_SECOND + instant.getNano();
  }
}

package io.traffik.memory;

import java.util.function.LongSupplier;

/**
 * A monotonic clock on top of one that may be set back (rule B8): it sums the forward steps and
 * ignores the backward ones.
 *
 * <p>Readings are serialised, because readings that overtake each other would look like backward
 * steps. {@link System#nanoTime()} needs no such wrapper.
 */
final class SteadyClock implements LongSupplier {

  /** The last instant, after 146 years: arithmetic on later ones could overflow. */
  private static final long LATEST = 1L << 62;

  private final LongSupplier source;
  private final SpinLock lock = new SpinLock();
  private long lastReading;
  private long elapsed;

  SteadyClock(LongSupplier source) {
    this.source = source;
    this.lastReading = source.getAsLong();
  }

  /** Nanoseconds since this clock was created. */
  @Override
  public long getAsLong() {
    lock.lock();
    try {
      long reading = source.getAsLong();
      elapsed += Math.min(Math.max(0, reading - lastReading), LATEST - elapsed);
      lastReading = reading;
      return elapsed;
    } finally {
      lock.held = 0;
    }
  }
}

package io.traffik.memory;

import java.util.function.LongSupplier;

/**
 * Makes a clock that may be set back into one that only stands still then (rule B8): it adds up the
 * steps forward and leaves out those back.
 *
 * <p>Reads one at a time, since readings that overtook each other would look like steps back.
 * {@link System#nanoTime()} needs none of this.
 */
final class SteadyClock implements LongSupplier {

  /** Where time ends, after 146 years: later instants could not be counted with. */
  private static final long LATEST = 1L << 62;

  private final LongSupplier source;
  private final SpinLock lock = new SpinLock();
  private long lastReading;
  private long elapsed;

  SteadyClock(LongSupplier source) {
    this.source = source;
    this.lastReading = source.getAsLong();
  }

  /** Nanoseconds that have gone by since this clock was made. */
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

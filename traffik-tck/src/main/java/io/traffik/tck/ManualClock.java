package io.traffik.tck;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A clock that stands still until a test moves it. Give it to a backend, and no test needs to
 * sleep:
 *
 * <pre>{@code
 * ManualClock clock = new ManualClock();
 * Backend backend = InMemoryBackend.builder("test").clock(clock).build();
 * clock.advance(Duration.ofMinutes(1));
 * }</pre>
 *
 * <p>Safe for any number of threads.
 */
public final class ManualClock implements LongSupplier {

  private final AtomicLong nanos = new AtomicLong();

  /** Makes a clock that stands at zero. */
  public ManualClock() {}

  /** The nanoseconds that this clock shows. */
  @Override
  public long getAsLong() {
    return nanos.get();
  }

  /**
   * Moves this clock.
   *
   * @param time how far; below zero sets it back
   * @throws ArithmeticException if the time is more than 292 years
   */
  public void advance(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}

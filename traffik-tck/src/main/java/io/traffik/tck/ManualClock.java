package io.traffik.tck;

import io.traffik.memory.InMemoryBackend;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until a test moves it, so that no test of a throttle needs to sleep:
 *
 * <pre>{@code
 * ManualClock clock = new ManualClock();
 * Throttle api = Throttle.builder("api").rate("2/min").backend(clock.backend()).build();
 * clock.advance(Duration.ofSeconds(30));
 * }</pre>
 *
 * <p>It is read in nanoseconds or as an instant, whichever a backend takes: {@code
 * InMemoryBackend.builder("test").clock(clock)}, {@code new MyBackend(clock)}, {@code
 * clock.withZone(ZoneOffset.UTC)} where a {@link java.time.Clock} is wanted.
 *
 * <p>Safe for any number of threads.
 */
public final class ManualClock implements LongSupplier, InstantSource {

  private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

  private final AtomicLong nanos = new AtomicLong();
  private volatile @Nullable Runnable afterRead;

  /** Makes a clock that stands at zero, which is the beginning of the year 2026 (UTC). */
  public ManualClock() {}

  /**
   * The time that this clock shows.
   *
   * @return nanoseconds since it was made; below zero if it was set back
   */
  @Override
  public long getAsLong() {
    long probe = nanos.get();
    Runnable action = afterRead;
    if (action != null) {
      action.run();
    }
    return probe;
  }

  /** The time that this clock shows, as an instant. */
  @Override
  public Instant instant() {
    return BEGINNING.plusNanos(getAsLong());
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

  /**
   * An in-memory backend that goes by this clock, of its own buckets and in the namespace {@code
   * test}.
   *
   * @return a new backend
   */
  public InMemoryBackend backend() {
    return InMemoryBackend.builder("test").clock(this).build();
  }

  /**
   * Runs an action after each reading of this clock, before the reader receives the time. A test
   * can let another thread overtake the reader there, and so find decisions by a stale time.
   *
   * @param action the action, run on the reader's thread; null (the default) for none
   */
  public void onRead(@Nullable Runnable action) {
    afterRead = action;
  }
}

package io.traffik.tck;

import io.traffik.memory.InMemoryBackend;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A clock that changes only when a test advances it, so that tests of throttles need not sleep:
 *
 * <pre>{@code
 * ManualClock clock = new ManualClock();
 * Throttle api = Throttle.builder("api").rate("2/min").backend(clock.backend()).build();
 * clock.advance(Duration.ofSeconds(30));
 * }</pre>
 *
 * <p>The time is available in nanoseconds and as an instant, whichever a backend accepts: {@code
 * InMemoryBackend.builder("test").clock(clock)}, {@code new MyBackend(clock)}, {@code
 * clock.withZone(ZoneOffset.UTC)} for a {@link java.time.Clock}.
 *
 * <p>Thread-safe.
 */
public final class ManualClock implements LongSupplier, InstantSource {

  private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

  private final AtomicLong nanos = new AtomicLong();
  private volatile @Nullable Runnable afterRead;

  /** Creates a clock at zero nanoseconds, which is the start of the year 2026 (UTC). */
  public ManualClock() {}

  /**
   * The current time of this clock.
   *
   * @return the nanoseconds since the clock was created; negative if it was set back further
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

  /** The current time of this clock, as an instant. */
  @Override
  public Instant instant() {
    return BEGINNING.plusNanos(getAsLong());
  }

  /**
   * Advances this clock.
   *
   * @param time the duration; negative to set the clock back
   * @throws ArithmeticException if the duration exceeds 292 years
   */
  public void advance(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /**
   * Creates an in-memory backend with this clock, its own buckets and the namespace {@code test}.
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

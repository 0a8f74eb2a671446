package io.traffik.tck.backend;

import io.traffik.Rate;
import io.traffik.tck.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** The time of a {@link ManualClock}, which the kit advances. */
final class SimulatedTime implements TestTime {

  private static final Duration YEAR = Duration.ofDays(365);

  private static final int READINGS_PER_DELAY = 61;

  private final ManualClock clock;
  private final long clockResolution;
  private final boolean exact;
  private final long origin;

  /**
   * @param clockResolution the resolution of the backend's clock in nanoseconds, 0 if exact
   */
  SimulatedTime(ManualClock clock, long clockResolution) {
    this.clock = clock;
    this.clockResolution = Math.max(1, clockResolution);
    this.exact = clockResolution == 0;
    this.origin = clock.getAsLong();
  }

  ManualClock clock() {
    return clock;
  }

  @Override
  public long now() {
    return clock.getAsLong() - origin;
  }

  @Override
  public void elapse(long nanos) {
    long steps = (nanos + clockResolution - 1) / clockResolution;
    clock.advance(Duration.ofNanos(steps * clockResolution));
  }

  /** Sets the clock back, in whole {@link #clockResolution}s. */
  void stepBack(long nanos) {
    long steps = (nanos + clockResolution - 1) / clockResolution;
    clock.advance(Duration.ofNanos(-steps * clockResolution));
  }

  /** Sets the clock back to the start of the test. The next backend must be a new one. */
  void rewind() {
    clock.advance(Duration.ofNanos(-now()));
  }

  @Override
  public long clockResolution() {
    return clockResolution;
  }

  @Override
  public long unit() {
    return Duration.ofSeconds(1).toNanos();
  }

  @Override
  public long longUnit() {
    return unit();
  }

  @Override
  public long drift(long span) {
    return 0;
  }

  @Override
  public long rounding(Rate rate, long span) {
    return exact ? 0 : 2 * clockResolution + TestTime.maxRateRounding(rate, span);
  }

  /** Mostly some weeks, because all histories of a test together must fit into a long. */
  @Override
  public long maxHistoryNanos(SeededRandom random) {
    return (random.between(1, 40) == 1 ? YEAR.multipliedBy(8) : YEAR.dividedBy(9)).toNanos();
  }

  @Override
  public int historyCount() {
    return 200;
  }

  @Override
  public void injectDelays() {
    AtomicInteger readings = new AtomicInteger();
    clock.onRead(
        () -> {
          if (readings.incrementAndGet() % READINGS_PER_DELAY == 0) {
            LockSupport.parkNanos(1);
          }
        });
  }

  @Override
  public void stopDelays() {
    clock.onRead(null);
  }

  @Override
  public List<Rate> rates() {
    return List.of(
        tenTokens(),
        Rate.of(3, Duration.ofSeconds(10)),
        Rate.of(7, Duration.ofMinutes(1)).withCapacity(3),
        Rate.of(100, Duration.ofHours(1)).withCapacity(250),
        Rate.of(1, YEAR),
        Rate.of(20_000, YEAR),
        Rate.perSecond(1_000_000),
        Rate.perSecond(999_999).withCapacity(1));
  }
}

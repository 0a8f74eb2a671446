package io.traffik.tck.backend;

import io.traffik.Rate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The system's time. The backend's clock may run slightly faster or slower. */
final class RealTime implements TestTime {

  private static final long MAX_JITTER = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long MAX_SKEW_DIVISOR = 1_000;
  private static final long MAX_PAUSE = TimeUnit.SECONDS.toNanos(30);

  private final long clockResolution;
  private final boolean exact;
  private final long origin = System.nanoTime();

  /**
   * @param clockResolution the resolution of the backend's clock in nanoseconds, 0 if exact
   */
  RealTime(long clockResolution) {
    this.clockResolution = Math.max(1, clockResolution);
    this.exact = clockResolution == 0;
  }

  @Override
  public long now() {
    return System.nanoTime() - origin;
  }

  @Override
  public void elapse(long nanos) {
    Assert.that(
        nanos <= MAX_PAUSE,
        () ->
            "no wait of this test may exceed "
                + FailureText.time(MAX_PAUSE)
                + ", but the"
                + " backend named one of "
                + FailureText.time(nanos));
    long end = now() + nanos;
    for (long left = nanos; left > 0; left = end - now()) {
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public long clockResolution() {
    return clockResolution;
  }

  @Override
  public long unit() {
    return TimeUnit.MILLISECONDS.toNanos(20);
  }

  @Override
  public long longUnit() {
    return TimeUnit.MINUTES.toNanos(1);
  }

  @Override
  public long drift(long span) {
    return MAX_JITTER + span / MAX_SKEW_DIVISOR + 2 * clockResolution;
  }

  @Override
  public long rounding(Rate rate, long span) {
    return exact ? 0 : 2 * clockResolution + TestTime.maxRateRounding(rate, span);
  }

  @Override
  public long maxHistoryNanos(SeededRandom random) {
    return 2 * unit();
  }

  @Override
  public int historyCount() {
    return 25;
  }

  /** Does nothing, because the kit cannot control the backend's clock. */
  @Override
  public void injectDelays() {}

  @Override
  public void stopDelays() {}

  @Override
  public List<Rate> rates() {
    return List.of(
        tenTokens(),
        Rate.of(3, Duration.ofMillis(70)),
        Rate.of(7, Duration.ofMillis(150)).withCapacity(2),
        Rate.perSecond(100_000).withCapacity(5_000));
  }
}

package io.traffik.memory;

import io.traffik.spi.DaemonThreads;
import java.lang.ref.WeakReference;
import java.util.function.LongSupplier;

/**
 * A clock that its own thread sets to {@link System#nanoTime()} once per tick, so that a reading
 * costs one read of memory. It never runs ahead. It lags by up to one tick plus the time for which
 * its thread waits for a processor.
 *
 * <p>The thread is a daemon. It ends when the clock is stopped or becomes unreachable.
 */
final class CoarseClock implements LongSupplier {

  private final long origin = System.nanoTime();
  private volatile long elapsed;
  private volatile boolean stopped;

  private CoarseClock() {}

  static CoarseClock ticking(long tickNanos) {
    CoarseClock clock = new CoarseClock();
    WeakReference<CoarseClock> weak = new WeakReference<>(clock);
    DaemonThreads.create("traffik-clock", () -> tick(weak, tickNanos)).start();
    return clock;
  }

  private static void tick(WeakReference<CoarseClock> weak, long tickNanos) {
    while (update(weak)) {
      Backoff.sleep(tickNanos);
    }
  }

  private static boolean update(WeakReference<CoarseClock> weak) {
    CoarseClock clock = weak.get();
    if (clock == null || clock.stopped) {
      return false;
    }
    clock.elapsed = System.nanoTime() - clock.origin;
    return true;
  }

  @Override
  public long getAsLong() {
    return elapsed;
  }

  void stop() {
    stopped = true;
  }
}

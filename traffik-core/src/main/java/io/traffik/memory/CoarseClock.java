package io.traffik.memory;

import java.lang.ref.WeakReference;
import java.util.function.LongSupplier;

/**
 * A clock that is set by a thread of its own, every so often, to {@link System#nanoTime()}: reading
 * it costs a read of memory. It never runs ahead, and lags by a tick and by as long as its thread
 * waits for a processor.
 *
 * <p>The thread is a daemon. It ends when the clock is stopped, or was forgotten by everybody.
 */
final class CoarseClock implements LongSupplier {

  private final long origin = System.nanoTime();
  private volatile long elapsed;
  private volatile boolean stopped;

  private CoarseClock() {}

  static CoarseClock ticking(long tickNanos) {
    CoarseClock clock = new CoarseClock();
    WeakReference<CoarseClock> weak = new WeakReference<>(clock);
    Thread thread = new Thread(() -> tick(weak, tickNanos), "traffik-clock");
    thread.setDaemon(true);
    thread.start();
    return clock;
  }

  private static void tick(WeakReference<CoarseClock> weak, long tickNanos) {
    while (set(weak)) {
      Backoff.rest(tickNanos);
    }
  }

  private static boolean set(WeakReference<CoarseClock> weak) {
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

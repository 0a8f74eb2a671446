package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import io.traffik.tck.ManualClock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Hits of which one is paused between its reading of the clock and its decision. */
final class StaleClockRace {

  /** The number of consecutive checks after which a waiting thread counts as blocked. */
  private static final int CONFIRMATIONS = 20;

  private final Backend backend;
  private final QuotaPolicy policy;
  private final ManualClock clock;
  private final AtomicLong granted = new AtomicLong();

  StaleClockRace(Backend backend, QuotaPolicy policy, ManualClock clock) {
    this.backend = backend;
    this.policy = policy;
    this.clock = clock;
  }

  long granted() {
    return granted.get();
  }

  void hit() {
    BackendCall call = new BackendCall(Operation.HIT, policy, "client", "", 1);
    if (call.isGranted(backend.decide(call))) {
      granted.incrementAndGet();
    }
  }

  /** Hits on this thread; after it read the clock, runs the action and a hit on another thread. */
  void hitOvertakenBy(Runnable action) throws InterruptedException {
    Thread other =
        new Thread(
            () -> {
              action.run();
              hit();
            },
            "overtaking");
    AtomicBoolean paused = new AtomicBoolean();
    clock.onRead(
        () -> {
          if (paused.compareAndSet(false, true)) {
            other.start();
            awaitDoneOrWaiting(other);
          }
        });
    hit();
    clock.onRead(null);
    if (paused.compareAndSet(false, true)) {
      // This hit did not read the clock.
      other.start();
    }
    other.join(TimeUnit.SECONDS.toMillis(EntryPoint.TIMEOUT_SECONDS));
    if (other.isAlive()) {
      throw new AssertionError(
          "a concurrent hit did not finish within " + EntryPoint.TIMEOUT_SECONDS + " seconds");
    }
  }

  private static void awaitDoneOrWaiting(Thread other) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(EntryPoint.TIMEOUT_SECONDS);
    for (int confirmations = 0; confirmations < CONFIRMATIONS && System.nanoTime() < end; ) {
      switch (other.getState()) {
        case TERMINATED -> {
          return;
        }
        case WAITING, TIMED_WAITING, BLOCKED -> confirmations++;
        default -> confirmations = 0;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }
}

package io.traffik;

import io.traffik.spi.DaemonTimer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Hits that wait for their tokens (rule T10). A hit is one call of the backend, which tells how
 * long to wait.
 */
final class Waiting {

  private final DecisionPath path;
  private final Duration jitter;
  private final Sleeper sleeper;

  /** Waits. */
  interface Sleeper {

    /** Sleeping threads, and the timer that all calls share. */
    Sleeper SYSTEM =
        new Sleeper() {
          @Override
          public void sleep(long nanos) throws InterruptedException {
            // Thread.sleep may return half a millisecond early.
            long end = System.nanoTime() + nanos;
            for (long left = nanos; left > 0; left = end - System.nanoTime()) {
              LockSupport.parkNanos(this, left);
              if (Thread.interrupted()) {
                throw new InterruptedException();
              }
            }
          }

          @Override
          public CompletableFuture<@Nullable Void> delay(long nanos) {
            CompletableFuture<@Nullable Void> timer = new CompletableFuture<>();
            Future<?> action = DaemonTimer.schedule(nanos, () -> timer.complete(null));
            var unused = timer.whenComplete((done, thrown) -> action.cancel(false));
            return timer;
          }
        };

    void sleep(long nanos) throws InterruptedException;

    /** Returns a future that completes after a time. Cancelling it frees what waits. */
    CompletableFuture<@Nullable Void> delay(long nanos);
  }

  /**
   * @param jitter the longest random time that is added to a wait, within the patience
   */
  Waiting(DecisionPath path, Duration jitter, Sleeper sleeper) {
    this.path = path;
    this.jitter = jitter;
    this.sleeper = sleeper;
  }

  Charge acquire(ConnectionView view, long explicitCost, Duration patience)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Charge charge = path.charge(view, explicitCost, patience);
    long wait = waitOf(charge, patience);
    if (wait > 0) {
      try {
        sleeper.sleep(wait);
      } catch (InterruptedException e) {
        charge.refund();
        throw e;
      }
    }
    return charge;
  }

  CompletableFuture<Charge> acquireAsync(
      ConnectionView view, long explicitCost, Duration patience) {
    CompletableFuture<Charge> result = new CompletableFuture<>();
    path.chargeAsync(view, explicitCost, patience)
        .whenComplete(
            (charge, thrown) -> {
              if (thrown != null) {
                result.completeExceptionally(BackendException.unwrap(thrown));
              } else {
                completeAfterWait(result, charge, waitOf(charge, patience));
              }
            });
    return result;
  }

  private void completeAfterWait(CompletableFuture<Charge> result, Charge charge, long wait) {
    if (wait == 0) {
      complete(result, charge);
      return;
    }
    CompletableFuture<@Nullable Void> timer = sleeper.delay(wait);
    // Not on the timer's thread, which all calls share.
    var unused = timer.thenRunAsync(() -> complete(result, charge));
    var unusedResult =
        result.whenComplete(
            (done, thrown) -> {
              if (timer.cancel(false)) {
                var unusedRefund = charge.refundAsync();
              }
            });
  }

  private static void complete(CompletableFuture<Charge> result, Charge charge) {
    if (!result.complete(charge)) {
      // The caller has cancelled it.
      var unused = charge.refundAsync();
    }
  }

  private long waitOf(Charge charge, Duration patience) {
    long delay = charge.decision().delayNanos();
    if (delay == 0 || jitter.isZero()) {
      return delay;
    }
    long most = Math.min(jitter.toNanos(), patience.toNanos() - delay);
    return most <= 0 ? delay : delay + ThreadLocalRandom.current().nextLong(most + 1);
  }
}

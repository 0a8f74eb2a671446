package io.traffik.store;

import io.traffik.BackendException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a value, decides on it, and sets the new value by compare-and-set. If another process has
 * set the value meanwhile, the loop pauses for a random time and tries again. The number of
 * attempts and their time are limited.
 *
 * <p>The loop reads the store before the clock. In the opposite order, a clock reading could be
 * older than the value, and the host's clock would seem to be behind.
 */
final class CompareAndSetLoop {

  static final int MAX_ATTEMPTS = 1_000;

  /** The time after which no further attempt starts. The loop still waits for the current one. */
  static final long TIMEOUT_NANOS = 1_000_000_000L;

  private final String namespace;
  private final StoreCalls calls;
  private final WallClock clock;
  private final LongSupplier ticker;

  /**
   * @param ticker a monotonic clock for the timeout, in nanoseconds
   */
  CompareAndSetLoop(String namespace, StoreCalls calls, WallClock clock, LongSupplier ticker) {
    this.namespace = namespace;
    this.calls = calls;
    this.clock = clock;
    this.ticker = ticker;
  }

  /** Makes decisions on a key, one after another; if one fails, all fail. */
  CompletionStage<long[][]> decide(String key, List<PendingDecision> decisions) {
    LoopState state = new LoopState(key, decisions, ticker.getAsLong(), new CompletableFuture<>());
    run(state, 1);
    return state.result();
  }

  private record LoopState(
      String key,
      List<PendingDecision> decisions,
      long startNanos,
      CompletableFuture<long[][]> result) {}

  /** Loops over attempts that complete at once, since chained stages would overflow the stack. */
  private void run(LoopState state, int firstAttempt) {
    for (int number = firstAttempt; ; number++) {
      CompletionStage<Boolean> attempt =
          attempt(state, number)
              .handle((margins, thrown) -> complete(state.result(), margins, thrown));
      CompletableFuture<Boolean> done = attempt.toCompletableFuture();
      if (!done.isDone()) {
        int next = number + 1;
        attempt.thenAccept(
            completed -> {
              if (!completed) {
                run(state, next);
              }
            });
        return;
      }
      if (done.join()) {
        return;
      }
    }
  }

  private static boolean complete(
      CompletableFuture<long[][]> result, long @Nullable [][] margins, @Nullable Throwable thrown) {
    if (thrown != null) {
      result.completeExceptionally(thrown);
    } else if (margins != null) {
      result.complete(margins);
    }
    return result.isDone();
  }

  /** Makes one attempt. The result is null, after a pause, if another process was faster. */
  private CompletionStage<long @Nullable [][]> attempt(LoopState state, int number) {
    String key = state.key();
    long attemptStart = ticker.getAsLong();
    return calls
        .read(key)
        .thenCompose(
            value -> {
              BucketSnapshot buckets = snapshot(key, value, state.decisions());
              long[][] margins = decide(buckets, state.decisions());
              if (!buckets.changed()) {
                return CompletableFuture.completedFuture(margins);
              }
              return calls
                  .compareAndSet(key, value, buckets.toStoredValue().bytes(), buckets.expiry())
                  .thenCompose(
                      set -> {
                        long elapsed = ticker.getAsLong() - attemptStart;
                        if (!set) {
                          return pause(state.startNanos(), number, elapsed);
                        }
                        if (value == null) {
                          requireWithinGrace(elapsed);
                        }
                        return CompletableFuture.completedFuture(margins);
                      });
            });
  }

  private BucketSnapshot snapshot(
      String key, byte @Nullable [] value, List<PendingDecision> decisions) {
    StoredValue stored = value == null ? null : StoredValue.of(value, key);
    int rates = 0;
    long shortestFill = Long.MAX_VALUE;
    for (PendingDecision decision : decisions) {
      rates = Math.max(rates, decision.call().policy().size());
      shortestFill = Math.min(shortestFill, decision.shortestFill());
    }
    long latest = clock.latest();
    return new BucketSnapshot(stored, latest, clock.read(), rates, shortestFill);
  }

  private static long[][] decide(BucketSnapshot buckets, List<PendingDecision> decisions) {
    long[][] margins = new long[decisions.size()][];
    for (int i = 0; i < margins.length; i++) {
      margins[i] = buckets.decide(decisions.get(i).call());
    }
    return margins;
  }

  private CompletionStage<long @Nullable [][]> pause(long startNanos, int number, long elapsed) {
    long left = TIMEOUT_NANOS - (ticker.getAsLong() - startNanos);
    if (number == MAX_ATTEMPTS || left <= 0) {
      throw new BackendException(
          "Backend \""
              + namespace
              + "\" gave up after "
              + number
              + " attempts in "
              + millis(TIMEOUT_NANOS - left)
              + " ms (limits: "
              + MAX_ATTEMPTS
              + " attempts, "
              + millis(TIMEOUT_NANOS)
              + " ms), since other processes updated the key first. Use fewer hosts per key, or a"
              + " faster store.");
    }
    // At most twice the duration of an attempt, without exponential backoff. One process always
    // succeeds, so longer pauses would not relieve the store, and would starve unlucky processes.
    long longest = Math.min(left, 2 * Math.max(1, elapsed));
    return calls.pause(ThreadLocalRandom.current().nextLong(longest)).thenApply(paused -> null);
  }

  /**
   * Fails if a decision on a missing value took too long. Another process's value could have been
   * set, become full and expired since the read, and both processes would have granted a burst.
   */
  private void requireWithinGrace(long elapsed) {
    if (elapsed >= BucketSnapshot.GRACE.toNanos()) {
      throw new BackendException(
          "Backend \""
              + namespace
              + "\" took "
              + millis(elapsed)
              + " ms to set a new value (limit: "
              + BucketSnapshot.GRACE.toMillis()
              + " ms); values of other processes may have expired meanwhile. Use a faster store.");
    }
  }

  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }
}

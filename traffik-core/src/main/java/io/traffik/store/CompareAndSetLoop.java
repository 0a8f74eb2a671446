package io.traffik.store;

import io.traffik.BackendException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a value, decides on it, and sets the new one if nobody has set another meanwhile; else
 * again, after a pause of random length, until a number of attempts or the time is used up.
 *
 * <p>The store is read before the clock. The other way round, a reading could be older than the
 * value that it is held against, and a host would seem to be behind.
 */
final class CompareAndSetLoop {

  static final int MAX_ATTEMPTS = 1_000;

  /** How long attempts go on; one that is under way then is still waited for. */
  static final long LIMIT_NANOS = 1_000_000_000L;

  private final String namespace;
  private final StoreCalls calls;
  private final WallClock clock;
  private final LongSupplier ticker;

  /**
   * @param ticker a steady clock for the limit, in nanoseconds
   */
  CompareAndSetLoop(String namespace, StoreCalls calls, WallClock clock, LongSupplier ticker) {
    this.namespace = namespace;
    this.calls = calls;
    this.clock = clock;
    this.ticker = ticker;
  }

  /** Decides questions about a key, one after another, all or none. */
  CompletionStage<long[][]> decide(String key, List<PendingDecision> questions) {
    LoopState errand = new LoopState(key, questions, ticker.getAsLong(), new CompletableFuture<>());
    attempts(errand, 1);
    return errand.result();
  }

  private record LoopState(
      String key,
      List<PendingDecision> questions,
      long began,
      CompletableFuture<long[][]> result) {}

  /** A loop as long as attempts are over when they return: stages would pile up on the stack. */
  private void attempts(LoopState errand, int first) {
    for (int number = first; ; number++) {
      CompletionStage<Boolean> settled =
          attempt(errand, number)
              .handle((margins, thrown) -> settle(errand.result(), margins, thrown));
      CompletableFuture<Boolean> soFar = settled.toCompletableFuture();
      if (!soFar.isDone()) {
        int next = number + 1;
        settled.thenAccept(
            done -> {
              if (!done) {
                attempts(errand, next);
              }
            });
        return;
      }
      if (soFar.join()) {
        return;
      }
    }
  }

  private static boolean settle(
      CompletableFuture<long[][]> result, long @Nullable [][] margins, @Nullable Throwable thrown) {
    if (thrown != null) {
      result.completeExceptionally(thrown);
    } else if (margins != null) {
      result.complete(margins);
    }
    return result.isDone();
  }

  /** One attempt; null, after a pause, if another was faster. */
  private CompletionStage<long @Nullable [][]> attempt(LoopState errand, int number) {
    String key = errand.key();
    long attemptBegan = ticker.getAsLong();
    return calls
        .read(key)
        .thenCompose(
            value -> {
              BucketSnapshot buckets = present(key, value, errand.questions());
              long[][] margins = decide(buckets, errand.questions());
              if (!buckets.changed()) {
                return CompletableFuture.completedFuture(margins);
              }
              return calls
                  .compareAndSet(key, value, buckets.toStore().bytes(), buckets.expiry())
                  .thenCompose(
                      set -> {
                        long took = ticker.getAsLong() - attemptBegan;
                        if (!set) {
                          return pause(errand.began(), number, took);
                        }
                        if (value == null) {
                          requireInTime(took);
                        }
                        return CompletableFuture.completedFuture(margins);
                      });
            });
  }

  private BucketSnapshot present(
      String key, byte @Nullable [] value, List<PendingDecision> questions) {
    StoredValue stored = value == null ? null : StoredValue.of(value, key);
    int rates = 0;
    long shortestFill = Long.MAX_VALUE;
    for (PendingDecision question : questions) {
      rates = Math.max(rates, question.policy().size());
      shortestFill = Math.min(shortestFill, question.shortestFill());
    }
    long latest = clock.latest();
    return new BucketSnapshot(stored, latest, clock.read(), rates, shortestFill);
  }

  private static long[][] decide(BucketSnapshot buckets, List<PendingDecision> questions) {
    long[][] margins = new long[questions.size()][];
    for (int i = 0; i < margins.length; i++) {
      PendingDecision question = questions.get(i);
      margins[i] = buckets.decide(question.operation(), question.policy(), question.cost());
    }
    return margins;
  }

  private CompletionStage<long @Nullable [][]> pause(long began, int number, long took) {
    long left = LIMIT_NANOS - (ticker.getAsLong() - began);
    if (number == MAX_ATTEMPTS || left <= 0) {
      throw new BackendException(
          "backend \""
              + namespace
              + "\" must set a value within "
              + MAX_ATTEMPTS
              + " attempts and "
              + millis(LIMIT_NANOS)
              + " ms, but others set theirs first: "
              + number
              + " attempts in "
              + millis(LIMIT_NANOS - left)
              + " ms; fewer hosts on one key, or a faster store, would help");
    }
    // Twice what an attempt takes, and no longer each time: longer pauses are no kinder to the
    // store,
    // since one attempt always gets through, and starve those who have lost before.
    long longest = Math.min(left, 2 * Math.max(1, took));
    return calls.pause(ThreadLocalRandom.current().nextLong(longest)).thenApply(paused -> null);
  }

  /**
   * Refuses what was decided on an absence that may be over: since then, another's value could have
   * come, become full and gone again, and both would have been granted one burst.
   */
  private void requireInTime(long took) {
    if (took >= BucketSnapshot.GRACE.toNanos()) {
      throw new BackendException(
          "backend \""
              + namespace
              + "\" must set a new value within "
              + BucketSnapshot.GRACE.toMillis()
              + " ms, for others may have come and gone meanwhile: "
              + millis(took)
              + " ms");
    }
  }

  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }
}

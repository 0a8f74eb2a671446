package io.traffik.redis.async;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is created once, on first use, by one attempt at a time. Concurrent callers share
 * the attempt in progress. After a failed attempt, the next caller starts another. Thread-safe.
 */
public final class SingleFlight<T> {

  private final Supplier<CompletionStage<T>> factory;
  private final Function<T, CompletionStage<?>> closer;
  private final AtomicReference<@Nullable CompletableFuture<T>> current = new AtomicReference<>();
  private volatile @Nullable T value;
  private volatile boolean closed;

  /**
   * @param factory starts an attempt
   * @param closer closes the value
   */
  public SingleFlight(
      Supplier<CompletionStage<T>> factory, Function<T, CompletionStage<?>> closer) {
    this.factory = factory;
    this.closer = closer;
  }

  /** The value, or null if no attempt has succeeded yet. */
  public @Nullable T valueIfPresent() {
    return value;
  }

  /** A future of the value. Starts an attempt if there is none; may be cancelled by the caller. */
  public CompletableFuture<T> value() {
    CompletableFuture<T> attempt = new CompletableFuture<>();
    while (true) {
      CompletableFuture<T> existing = current.get();
      if (existing != null) {
        return existing.copy();
      }
      if (current.compareAndSet(null, attempt)) {
        // Checked after publishing: close() must see this attempt, or this must see the close.
        if (closed) {
          fail(attempt, new IllegalStateException("closed"));
        } else {
          start(attempt);
        }
        return attempt.copy();
      }
    }
  }

  private void start(CompletableFuture<T> attempt) {
    try {
      var unused =
          factory
              .get()
              .whenComplete(
                  (created, thrown) -> {
                    if (thrown == null) {
                      value = created;
                      attempt.complete(created);
                    } else {
                      fail(attempt, thrown);
                    }
                  });
    } catch (Throwable t) {
      // Errors too, such as a missing class: an attempt that never ends would block all others.
      fail(attempt, t);
    }
  }

  private void fail(CompletableFuture<T> attempt, Throwable thrown) {
    current.compareAndSet(attempt, null);
    attempt.completeExceptionally(thrown);
  }

  /**
   * Closes the value, also one that the attempt in progress creates. No further attempt starts.
   *
   * @return completes when the value is closed
   */
  public CompletionStage<?> close() {
    closed = true;
    CompletableFuture<T> existing = current.get();
    return existing == null
        ? CompletableFuture.completedFuture(null)
        : existing.thenCompose(created -> closer.apply(created).thenApply(done -> created));
  }
}

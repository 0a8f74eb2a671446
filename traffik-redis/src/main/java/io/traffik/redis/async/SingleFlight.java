package io.traffik.redis.async;

import io.traffik.BackendException;
import io.traffik.redis.async.AdmissionControl.CallRejectedException;
import io.traffik.spi.DaemonTimer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is created once, on first use, by one attempt at a time. Concurrent callers share
 * the attempt in progress. After a failed attempt, callers fail at once, and further attempts
 * follow in the background until one succeeds. Thread-safe.
 */
public final class SingleFlight<T> {

  private static final long MIN_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Each failed attempt doubles the delay before the next one. */
  private static final int MAX_DOUBLINGS = 7;

  private final Supplier<CompletionStage<T>> factory;
  private final Function<T, CompletionStage<?>> closer;
  private final AtomicReference<@Nullable CompletableFuture<T>> current = new AtomicReference<>();
  private final AtomicBoolean retryScheduled = new AtomicBoolean();
  private volatile @Nullable T value;
  private volatile @Nullable Throwable failure;
  private volatile int failures;
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

  /** The value, or null if there is none. */
  public @Nullable T valueIfPresent() {
    return value;
  }

  /** The failure of the last attempt; null before the first attempt and after a success. */
  public @Nullable Throwable failure() {
    return failure;
  }

  /**
   * A future of the value, which may be cancelled by the caller. Starts the first attempt if there
   * was none. Fails with a {@link NotConnectedException}, at once if the last attempt has failed.
   */
  public CompletableFuture<T> value() {
    Throwable last = failure;
    return last == null || value != null
        ? attempt().handle(this::orNotConnected)
        : CompletableFuture.failedFuture(new NotConnectedException(last));
  }

  private T orNotConnected(T created, @Nullable Throwable thrown) {
    if (thrown == null) {
      return created;
    }
    Throwable cause = BackendException.unwrap(thrown);
    throw new CompletionException(
        closed || cause instanceof CallRejectedException
            ? cause
            : new NotConnectedException(cause));
  }

  /**
   * As {@link #value}, but starts another attempt at once if the last one has failed and none is in
   * progress. Fails with the failure of the attempt itself.
   */
  public CompletableFuture<T> attempt() {
    CompletableFuture<T> attempt = new CompletableFuture<>();
    while (true) {
      CompletableFuture<T> existing = current.get();
      if (existing != null) {
        return existing.copy();
      }
      if (current.compareAndSet(null, attempt)) {
        // Checked after publishing: close() must see this attempt, or this must see the close.
        if (closed) {
          end(attempt, new IllegalStateException("closed"));
        } else {
          start(attempt);
        }
        return attempt.copy();
      }
    }
  }

  /** Records a failure that was found elsewhere. The value is lost, and attempts follow. */
  public void fail(Throwable thrown) {
    CompletableFuture<T> existing = current.get();
    failure = thrown;
    value = null;
    if (existing != null && existing.isDone()) {
      current.compareAndSet(existing, null);
    }
    retryLater();
  }

  /** Records a success that was found elsewhere. */
  public void succeed(T found) {
    value = found;
    failure = null;
    failures = 0;
  }

  private void start(CompletableFuture<T> attempt) {
    try {
      var unused =
          factory
              .get()
              .whenComplete(
                  (created, thrown) -> {
                    if (thrown == null) {
                      succeed(attempt, created);
                    } else {
                      fail(attempt, thrown);
                    }
                  });
    } catch (Throwable t) {
      // Errors too, such as a missing class: an attempt that never ends would block all others.
      fail(attempt, t);
    }
  }

  private void succeed(CompletableFuture<T> attempt, T created) {
    succeed(created);
    attempt.complete(created);
  }

  private void fail(CompletableFuture<T> attempt, Throwable thrown) {
    if (BackendException.unwrap(thrown) instanceof CallRejectedException) {
      // No attempt was made. After an earlier failure nobody else would start the next one.
      end(attempt, thrown);
      if (failure != null) {
        retryLater();
      }
      return;
    }
    // Before the attempt ends: whoever sees its end must see the failure.
    failure = thrown;
    end(attempt, thrown);
    retryLater();
  }

  private void end(CompletableFuture<T> attempt, Throwable thrown) {
    current.compareAndSet(attempt, null);
    attempt.completeExceptionally(thrown);
  }

  private void retryLater() {
    if (closed || !retryScheduled.compareAndSet(false, true)) {
      return;
    }
    int doublings = Math.min(failures, MAX_DOUBLINGS);
    failures = doublings + 1;
    try {
      var unused =
          DaemonTimer.schedule(
              MIN_DELAY_NANOS << doublings,
              // An executor of the user may run its tasks on the thread that submits them.
              Deadlines.TIMEOUT_EXECUTOR,
              this::retry);
    } catch (Throwable t) {
      // No thread could be started. The next failure schedules a retry.
      retryScheduled.set(false);
      throw t;
    }
  }

  private void retry() {
    retryScheduled.set(false);
    if (!closed && failure != null) {
      CompletableFuture<T> ended = current.get();
      if (ended != null && ended.isDone()) {
        // It succeeded while the connection was lost, so its value is not used.
        current.compareAndSet(ended, null);
      }
      var unused = attempt();
    }
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

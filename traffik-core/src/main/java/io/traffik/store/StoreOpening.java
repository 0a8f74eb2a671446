package io.traffik.store;

import io.traffik.BackendException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Opens a store before its first use. Concurrent callers share one attempt, and a failed attempt is
 * repeated by the next caller. The attempt runs on the thread of its first caller, so no caller
 * waits for a thread of an executor.
 */
final class StoreOpening {

  private final Callable<?> open;
  private final AtomicReference<@Nullable CompletableFuture<@Nullable Void>> attempt =
      new AtomicReference<>();

  StoreOpening(Callable<?> open) {
    this.open = open;
  }

  /** Returns true if the store has been opened. */
  boolean isDone() {
    CompletableFuture<?> last = attempt.get();
    return last != null && last.isDone() && !last.isCompletedExceptionally();
  }

  /** Opens the store, also if it is open already. */
  void repeat() throws Exception {
    open.call();
    attempt.set(CompletableFuture.completedFuture(null));
  }

  /** Opens the store unless it is open. */
  void ensure() throws Exception {
    CompletableFuture<@Nullable Void> last = attempt.get();
    if (last != null && !last.isCompletedExceptionally()) {
      await(last);
      return;
    }
    CompletableFuture<@Nullable Void> own = new CompletableFuture<>();
    if (!attempt.compareAndSet(last, own)) {
      ensure();
      return;
    }
    try {
      open.call();
      own.complete(null);
    } catch (Throwable t) {
      own.completeExceptionally(t);
      throw t;
    }
  }

  private static void await(CompletableFuture<?> attempt) {
    try {
      attempt.join();
    } catch (CompletionException e) {
      throw BackendException.of("The store could not be opened", e.getCause());
    }
  }
}

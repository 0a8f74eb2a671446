package io.traffik.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that is made once, when it is first needed, and by one attempt at a time: whoever needs
 * it waits for the attempt that is under way. One that failed leaves the next to try again.
 */
final class SingleFlight<T> {

  private final Supplier<CompletionStage<T>> making;
  private final Function<T, CompletionStage<?>> closing;
  private final AtomicReference<@Nullable CompletableFuture<T>> attempt = new AtomicReference<>();
  private volatile @Nullable T made;
  private volatile boolean closed;

  /**
   * @param making begins an attempt
   * @param closing closes what came out of one
   */
  SingleFlight(Supplier<CompletionStage<T>> making, Function<T, CompletionStage<?>> closing) {
    this.making = making;
    this.closing = closing;
  }

  /** What was made, or null if it has yet to be. */
  @Nullable T made() {
    return made;
  }

  /** What was made or will be, for the caller to do with as it likes. */
  CompletableFuture<T> get() {
    CompletableFuture<T> mine = new CompletableFuture<>();
    while (true) {
      CompletableFuture<T> known = attempt.get();
      if (known != null) {
        return known.copy();
      }
      if (attempt.compareAndSet(null, mine)) {
        // Not before: what closes this has to find either the attempt, or that there is none.
        if (closed) {
          fail(mine, new IllegalStateException("closed"));
        } else {
          begin(mine);
        }
        return mine.copy();
      }
    }
  }

  private void begin(CompletableFuture<T> mine) {
    try {
      Stages.onEnd(
          making.get(),
          (value, thrown) -> {
            if (thrown == null) {
              made = value;
              mine.complete(value);
            } else {
              fail(mine, thrown);
            }
          });
    } catch (Throwable t) {
      // Errors too, that of a class that is missing, say: an attempt that never ended would be the
      // last.
      fail(mine, t);
    }
  }

  private void fail(CompletableFuture<T> mine, Throwable thrown) {
    attempt.compareAndSet(mine, null);
    mine.completeExceptionally(thrown);
  }

  /**
   * Closes what was made, or what an attempt under way may still make; there is none thereafter.
   *
   * @return ends when all of that has ended
   */
  CompletionStage<?> close() {
    closed = true;
    CompletableFuture<T> known = attempt.get();
    return known == null
        ? CompletableFuture.completedFuture(null)
        : known.thenCompose(value -> closing.apply(value).thenApply(done -> value));
  }
}

package io.traffik;

import io.traffik.spi.StageDeadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Chains stages without wrapping exceptions in a CompletionException. */
final class Futures {

  private static final Duration LONGEST_CALL = Duration.ofSeconds(5);

  private Futures() {}

  static <T, R> CompletionStage<R> handle(
      CompletionStage<T> stage, BiFunction<? super @Nullable T, @Nullable Throwable, R> handler) {
    CompletableFuture<R> result = new CompletableFuture<>();
    whenComplete(stage, result, (value, thrown) -> result.complete(handler.apply(value, thrown)));
    return result;
  }

  /** As {@link #handle}, with a handler that returns a stage. */
  static <T, R> CompletionStage<R> compose(
      CompletionStage<T> stage,
      BiFunction<? super @Nullable T, @Nullable Throwable, CompletionStage<R>> handler) {
    CompletableFuture<R> result = new CompletableFuture<>();
    whenComplete(
        stage,
        result,
        (value, thrown) ->
            whenComplete(
                handler.apply(value, thrown),
                result,
                (next, failure) -> complete(result, next, failure)));
    return result;
  }

  /** Fails the result if the action throws, or the stage itself. No error may be lost. */
  private static <T> void whenComplete(
      CompletionStage<T> stage,
      CompletableFuture<?> result,
      BiConsumer<? super T, ? super @Nullable Throwable> action) {
    try {
      stage.whenComplete(
          (value, thrown) -> {
            try {
              action.accept(value, thrown);
            } catch (Throwable t) {
              result.completeExceptionally(t);
            }
          });
    } catch (Throwable t) {
      result.completeExceptionally(t);
    }
  }

  /**
   * Bounds a stage of a backend that does not bound its stages itself. Otherwise a store that never
   * answers would let requests wait for ever.
   */
  static <T> CompletionStage<T> bounded(Backend backend, CompletionStage<T> stage) {
    return backend.boundsAsyncCalls()
        ? stage
        : StageDeadline.bound(
            stage,
            LONGEST_CALL,
            () ->
                new BackendException(
                    "Backend \""
                        + backend.namespace()
                        + "\" gave no answer within "
                        + LONGEST_CALL.toSeconds()
                        + " s. The hit may have been charged. Wrap the backend in a DeadlineBackend"
                        + " to choose the time."));
  }

  private static <R> void complete(
      CompletableFuture<R> result, R value, @Nullable Throwable thrown) {
    if (thrown == null) {
      result.complete(value);
    } else {
      result.completeExceptionally(BackendException.unwrap(thrown));
    }
  }

  /** As {@link #compose}, with a handler of values; the result fails if the stage does. */
  static <T, R> CompletionStage<R> then(
      CompletionStage<T> stage, Function<? super T, CompletionStage<R>> handler) {
    return compose(
        stage,
        (value, thrown) -> {
          if (value == null) {
            throw unchecked(BackendException.unwrap(orUnknown(thrown)));
          }
          return handler.apply(value);
        });
  }

  /** Returns the value of a complete stage, or throws its exception as it is. */
  static <T> T join(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw unchecked(BackendException.unwrap(e));
    }
  }

  /** Returns an exception to be thrown unwrapped; wraps a checked one in a BackendException. */
  static RuntimeException unchecked(@Nullable Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException unchecked
        ? unchecked
        : BackendException.of("Backend failed", thrown);
  }

  /** Returns the failure of a stage that has no value. */
  static Throwable orUnknown(@Nullable Throwable thrown) {
    return thrown != null ? thrown : new BackendException("A stage completed without a value");
  }

  /** Calls a function for each element, one after the other; fails with the first failure. */
  static <T, R> CompletionStage<List<R>> inOrder(
      List<T> elements, Function<? super T, CompletionStage<R>> function) {
    CompletableFuture<List<R>> results = CompletableFuture.completedFuture(new ArrayList<>());
    for (T element : elements) {
      results =
          results.thenCompose(
              done ->
                  function
                      .apply(element)
                      .thenApply(
                          result -> {
                            done.add(result);
                            return done;
                          }));
    }
    return handle(
        results,
        (all, thrown) -> {
          if (all == null) {
            throw unchecked(BackendException.unwrap(orUnknown(thrown)));
          }
          return all;
        });
  }
}

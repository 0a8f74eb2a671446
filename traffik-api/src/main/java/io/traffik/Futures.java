package io.traffik;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Chains stages without wrapping exceptions in a CompletionException. */
final class Futures {

  private Futures() {}

  static <T, R> CompletionStage<R> handle(
      CompletionStage<T> stage, BiFunction<? super @Nullable T, @Nullable Throwable, R> handler) {
    CompletableFuture<R> result = new CompletableFuture<>();
    stage.whenComplete(
        (value, thrown) -> {
          try {
            result.complete(handler.apply(value, thrown));
          } catch (Throwable t) {
            result.completeExceptionally(t);
          }
        });
    return result;
  }

  /** Returns an exception to be thrown unwrapped; wraps a checked one in a BackendException. */
  static RuntimeException unchecked(@Nullable Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException unchecked
        ? unchecked
        : BackendException.of("backend failed", thrown);
  }
}

package io.traffik;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Chains stages so that an exception arrives as it was thrown, not inside a CompletionException.
 */
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

  /** An exception to be thrown as it is; what is neither unchecked nor an error comes wrapped. */
  static RuntimeException unchecked(@Nullable Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException known
        ? known
        : BackendException.of("backend failed", thrown);
  }
}

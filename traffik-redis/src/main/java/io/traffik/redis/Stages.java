package io.traffik.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What is done once with the end of a stage. */
final class Stages {

  private Stages() {}

  /** Calls an action when a stage has ended, with its value or what it failed with. */
  static <T extends @Nullable Object> void onEnd(
      CompletionStage<T> stage, BiConsumer<? super T, @Nullable Throwable> action) {
    // As a stage: there is no future to look after.
    stage.whenComplete(action);
  }

  /** Ends a result as a stage ended. */
  static <T extends @Nullable Object> void settle(
      CompletableFuture<T> result, T value, @Nullable Throwable thrown) {
    if (thrown == null) {
      result.complete(value);
    } else {
      result.completeExceptionally(thrown);
    }
  }
}

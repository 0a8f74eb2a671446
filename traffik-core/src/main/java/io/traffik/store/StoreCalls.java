package io.traffik.store;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How the store is called: on the thread that asks, or without blocking it. What goes wrong fails
 * the stages; no method throws.
 */
interface StoreCalls {

  /** Completes once {@code turn} has, on a thread that may go on to call the store. */
  CompletionStage<@Nullable Void> turn(CompletableFuture<@Nullable Void> turn);

  CompletionStage<byte @Nullable []> read(String key);

  CompletionStage<Boolean> compareAndSet(
      String key, byte @Nullable [] expected, byte[] update, Duration expiry);

  /** Completes after a while. */
  CompletionStage<@Nullable Void> pause(long nanos);
}

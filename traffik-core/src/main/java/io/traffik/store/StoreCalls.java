package io.traffik.store;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Calls of a store, either on the calling thread or without blocking it. Errors fail the returned
 * stages; no method throws.
 */
interface StoreCalls {

  /** Whether every stage is complete when it is returned. */
  boolean areBlocking();

  /** Completes after {@code ready}, on a thread that may call the store. */
  CompletionStage<@Nullable Void> awaitReady(CompletableFuture<@Nullable Void> ready);

  CompletionStage<byte @Nullable []> read(String key);

  CompletionStage<Boolean> compareAndSet(
      String key, byte @Nullable [] expected, byte[] update, Duration expiry);

  /** Completes after the given time. */
  CompletionStage<@Nullable Void> pause(long nanos);
}

package io.traffik;

import io.traffik.spi.DaemonExecutor;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;

/**
 * The executor of asynchronous calls to backends that override no asynchronous method. The default
 * executor of {@link java.util.concurrent.CompletableFuture} starts a thread per call on small
 * machines.
 */
final class SharedExecutor {

  private static final int THREADS = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());
  private static final int MAX_QUEUED = 10_000;

  static final Executor EXECUTOR =
      DaemonExecutor.of("traffik-blocking-", THREADS, new ArrayBlockingQueue<>(MAX_QUEUED));

  private SharedExecutor() {}

  /** The exception for a call that the full queue rejected. */
  static BackendException rejected(Backend backend, RuntimeException cause) {
    return new BackendException(
        "Too many asynchronous calls are queued for blocking backends: "
            + MAX_QUEUED
            + " (the limit). Give backend \""
            + backend.namespace()
            + "\" asynchronous methods of its own, or shed load.",
        cause);
  }
}

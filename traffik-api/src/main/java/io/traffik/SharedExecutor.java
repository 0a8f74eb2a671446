package io.traffik;

import io.traffik.spi.DaemonExecutor;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;

/**
 * The threads that call backends which have no asynchronous form of their own. The default executor
 * of {@link java.util.concurrent.CompletableFuture} would start a thread per call on small
 * machines.
 */
final class SharedExecutor {

  private static final int THREADS = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());
  private static final int MAX_QUEUED = 10_000;

  static final Executor EXECUTOR =
      DaemonExecutor.of("traffik-blocking-", THREADS, new ArrayBlockingQueue<>(MAX_QUEUED));

  private SharedExecutor() {}
}

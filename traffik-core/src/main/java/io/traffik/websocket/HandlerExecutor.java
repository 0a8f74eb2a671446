package io.traffik.websocket;

import io.traffik.spi.DaemonExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The threads that run message handlers whose decision arrived on another thread. Each connection
 * has at most one task here, so the number of connections bounds the queue.
 */
final class HandlerExecutor {

  private static final int THREADS = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());

  static final Executor EXECUTOR =
      DaemonExecutor.of("traffik-messages-", THREADS, new LinkedBlockingQueue<>());

  private HandlerExecutor() {}
}

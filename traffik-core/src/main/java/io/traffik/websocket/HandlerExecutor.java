package io.traffik.websocket;

import io.traffik.spi.DaemonExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The default threads for message handlers whose decision completed on another thread. Each
 * connection has at most one task in the queue, so the number of connections bounds it.
 */
final class HandlerExecutor {

  private static final int THREADS = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());

  static final Executor EXECUTOR =
      DaemonExecutor.of("traffik-messages-", THREADS, new LinkedBlockingQueue<>());

  private HandlerExecutor() {}
}

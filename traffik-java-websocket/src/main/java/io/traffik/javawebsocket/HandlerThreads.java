package io.traffik.javawebsocket;

import io.traffik.spi.DaemonExecutor;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads for handlers of messages that waited for a decision: one for each of the server's
 * worker threads, for the same connections. So a slow handler delays the connections that it would
 * have delayed without the throttle, and no others. Thread-safe.
 */
final class HandlerThreads {

  private final ConcurrentMap<Thread, ThreadPoolExecutor> byWorker = new ConcurrentHashMap<>();

  /**
   * Returns the executor for the connections of a worker. Each connection has at most one task in
   * its queue.
   */
  Executor of(Thread worker) {
    return byWorker.computeIfAbsent(
        worker, key -> DaemonExecutor.of("traffik-messages-", 1, new LinkedBlockingQueue<>()));
  }

  /** Ends the threads as soon as they are idle. */
  void close() {
    byWorker.values().forEach(thread -> thread.setKeepAliveTime(1, TimeUnit.NANOSECONDS));
  }
}

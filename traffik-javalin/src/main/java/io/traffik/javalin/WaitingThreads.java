package io.traffik.javalin;

import io.traffik.spi.FairShareLimiter;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import org.eclipse.jetty.util.thread.ThreadPool.SizedThreadPool;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.common.WebSocketSession;

/**
 * Limits the threads of a server that wait for a store about WebSocket messages to half of its
 * pool. So a store that stops responding leaves the other half for HTTP requests.
 */
final class WaitingThreads {

  /** For a pool of unknown size: half of Javalin's default pool. */
  private static final int UNKNOWN_POOL = 125;

  private static final Map<Executor, FairShareLimiter> BY_POOL =
      Collections.synchronizedMap(new WeakHashMap<>());

  private static final FairShareLimiter OTHERS = new FairShareLimiter(UNKNOWN_POOL);

  private WaitingThreads() {}

  static FairShareLimiter of(Session session) {
    if (session instanceof WebSocketSession jetty) {
      Executor pool = jetty.getCoreSession().getWebSocketComponents().getExecutor();
      if (pool instanceof SizedThreadPool sized) {
        return BY_POOL.computeIfAbsent(
            pool, key -> new FairShareLimiter(Math.max(1, sized.getMaxThreads() / 2)));
      }
    }
    return OTHERS;
  }
}

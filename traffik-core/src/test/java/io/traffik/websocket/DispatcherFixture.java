package io.traffik.websocket;

import io.traffik.Throttle;
import java.util.ArrayDeque;
import java.util.Queue;

/** The throttle, the backend and the manual executor of tests of {@link MessageDispatcher}. */
abstract class DispatcherFixture {

  /** The error frame of a message that {@link #chat} denied. */
  static final String DENIED =
      "{\"status\":\"error\",\"status_code\":429,"
          + "\"detail\":\"Too Many Requests. Retry after 1800 seconds.\",\"retry_after\":1800}";

  /** The error frame of a message that was throttled without a decision. */
  static final String OVERFLOW =
      "{\"status\":\"error\",\"status_code\":429,"
          + "\"detail\":\"Too Many Requests. Retry after 1 second.\",\"retry_after\":1}";

  final DeferredBackend backend = new DeferredBackend();
  final Throttle chat = Throttle.builder("chat").rate("2/h").build();

  /** The tasks of the executor, which run only when a test calls {@link #runTasks()}. */
  final Queue<Runnable> tasks = new ArrayDeque<>();

  RecordedConnection connect(WebSocketThrottling throttling) {
    return new RecordedConnection(new TestHandshake(backend), throttling, tasks::add);
  }

  void runTasks() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  /** Until nothing is left, because a task may start the next call. */
  void completeAllAndRunTasks() {
    do {
      backend.completeAll();
      runTasks();
    } while (!backend.pendingCalls().isEmpty());
  }
}

package io.traffik.attack.load;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs actions on a thread of the lowest priority. A thread of its own, because a process may lower
 * the priority of a thread but not raise it again, and new processes inherit it.
 */
final class LowPriority {

  private LowPriority() {}

  /** An action of an attacker. */
  @FunctionalInterface
  interface Action<T> {
    T run() throws IOException;
  }

  /** Runs an action on a new thread, waits for its end, and returns its result. */
  @SuppressWarnings("ThreadPriorityCheck") // Only times depend on it, no result.
  static <T> T run(Action<T> action) throws IOException {
    FutureTask<T> task = new FutureTask<>(action::run);
    Thread thread = new Thread(task, "attacker");
    thread.setDaemon(true);
    thread.setPriority(Thread.MIN_PRIORITY);
    thread.start();
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      thread.interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IOException(e.getCause());
    }
  }
}

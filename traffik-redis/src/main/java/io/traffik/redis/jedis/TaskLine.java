package io.traffik.redis.jedis;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Executes at most a fixed number of tasks at a time, in the order of arrival. A task that waits
 * occupies no thread. Thread-safe.
 */
final class TaskLine {

  /** Afterwards, a user's executor may first execute other tasks. */
  static final int MAX_IN_A_ROW = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Task> waiting = new ArrayDeque<>();
  private final Executor executor;
  private final int maxRunning;
  private int running;

  private record Task(Runnable action, Consumer<Throwable> onRejection) {}

  TaskLine(Executor executor, int maxRunning) {
    this.executor = executor;
    this.maxRunning = maxRunning;
  }

  /**
   * Executes an action when its turn comes.
   *
   * @param onRejection receives what the executor throws, in place of a run of the action
   */
  void execute(Runnable action, Consumer<Throwable> onRejection) {
    Task task = new Task(action, onRejection);
    lock.lock();
    try {
      if (running == maxRunning) {
        waiting.add(task);
        return;
      }
      running++;
    } finally {
      lock.unlock();
    }
    dispatch(task);
  }

  private void dispatch(Task first) {
    for (Task task = first; task != null; task = next()) {
      Task dispatched = task;
      try {
        executor.execute(() -> run(dispatched));
        return;
      } catch (Throwable t) {
        // Errors too: the executor may be unable to start a thread.
        task.onRejection().accept(t);
      }
    }
  }

  /** Executes the next tasks on the same thread, because each new thread is a thread switch. */
  private void run(Task first) {
    Task task = first;
    try {
      for (int executed = 1; task != null; executed++) {
        task.action().run();
        task = next();
        if (task != null && executed == MAX_IN_A_ROW) {
          dispatch(task);
          return;
        }
      }
    } catch (Throwable t) {
      Task next = next();
      if (next != null) {
        dispatch(next);
      }
      throw t;
    }
  }

  private @Nullable Task next() {
    lock.lock();
    try {
      Task next = waiting.poll();
      if (next == null) {
        running--;
      }
      return next;
    } finally {
      lock.unlock();
    }
  }
}

package io.traffik.redis.jedis;

import io.traffik.redis.jedis.FairLine.Place;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Executes at most a fixed number of tasks at a time, in the order of a {@link FairLine}. A task
 * that waits occupies no thread. Thread-safe.
 */
final class TaskLine {

  /** Afterwards, a user's executor may first execute other tasks. */
  static final int MAX_IN_A_ROW = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final FairLine<Task> line;
  private final Executor executor;

  private record Task(String client, Runnable action, Consumer<Throwable> onRejection) {}

  TaskLine(Executor executor, int maxRunning) {
    this.executor = executor;
    this.line = new FairLine<>(maxRunning);
  }

  /**
   * Executes an action when its turn comes.
   *
   * @param client the identity for which the action is executed
   * @param onRejection receives what the executor throws, in place of a run of the action
   */
  void execute(String client, Runnable action, Consumer<Throwable> onRejection) {
    Task task = new Task(client, action, onRejection);
    lock.lock();
    try {
      if (!line.tryOccupy(client)) {
        line.add(client, task);
        return;
      }
    } finally {
      lock.unlock();
    }
    dispatch(task);
  }

  private void dispatch(Task first) {
    for (Task task = first; task != null; task = next(task)) {
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
        task = next(task);
        if (task != null && executed == MAX_IN_A_ROW) {
          dispatch(task);
          return;
        }
      }
    } catch (Throwable t) {
      Task next = task == null ? null : next(task);
      if (next != null) {
        dispatch(next);
      }
      throw t;
    }
  }

  /** Ends a task. Returns the one whose turn it is. */
  private @Nullable Task next(Task ended) {
    lock.lock();
    try {
      Place<Task> next = line.release(ended.client());
      return next == null ? null : next.call();
    } finally {
      lock.unlock();
    }
  }
}

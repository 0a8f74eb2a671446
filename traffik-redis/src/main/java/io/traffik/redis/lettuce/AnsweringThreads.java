package io.traffik.redis.lettuce;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads that receive answers for one backend, which are event loops of its connections. Such
 * a thread must not wait for an answer: it would wait for itself. Thread-safe.
 *
 * <p>Commands to clients that were made for the backend are written on these threads, too. Netty
 * keeps thread-locals on every thread that writes. On a thread of a server they would keep the
 * class loader of an application after its end.
 */
final class AnsweringThreads {

  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile @Nullable EventLoop latest;

  /** Adds the current thread. Called for every answer. */
  void addCurrent() {
    Thread current = Thread.currentThread();
    if (!threads.contains(current)) {
      threads.add(current);
    }
  }

  /** Adds the event loop of a connection of the backend's own client. */
  void add(EventLoop loop) {
    latest = loop;
    loop.execute(this::addCurrent);
  }

  boolean containsCurrent() {
    return threads.contains(Thread.currentThread());
  }

  /** The event loop that executes commands; null for clients of the user. */
  @Nullable EventLoop eventLoop() {
    return latest;
  }

  /** Executes a task on an event loop of the backend's own client, otherwise on this thread. */
  void execute(Runnable task) {
    EventLoop loop = latest;
    if (loop == null || Thread.currentThread() instanceof FastThreadLocalThread) {
      task.run();
      return;
    }
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // The client was shut down, and rejects the command, too.
      task.run();
    }
  }

  /**
   * Starts a command, as {@link #execute}.
   *
   * @return the answer to the command, or what starting it has thrown
   */
  <T> CompletableFuture<T> submit(Supplier<? extends CompletionStage<T>> command) {
    return submit(this::execute, command);
  }

  /**
   * Starts a command on an executor.
   *
   * @return the answer to the command, or what starting it has thrown
   */
  static <T> CompletableFuture<T> submit(
      Executor executor, Supplier<? extends CompletionStage<T>> command) {
    CompletableFuture<T> result = new CompletableFuture<>();
    executor.execute(
        () -> {
          try {
            var unused =
                command
                    .get()
                    .whenComplete(
                        (answer, thrown) -> {
                          if (thrown == null) {
                            result.complete(answer);
                          } else {
                            result.completeExceptionally(thrown);
                          }
                        });
          } catch (Throwable t) {
            // Errors too: nobody else would complete the result.
            result.completeExceptionally(t);
          }
        });
    return result;
  }
}

package io.traffik.redis.jedis;

import io.traffik.redis.async.AdmissionControl.CallRejectedException;
import io.traffik.spi.DaemonExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Executes blocking calls away from their callers, on threads of its own or on the user's executor.
 * Thread-safe.
 */
public final class JedisExecutor {

  /**
   * One for each connection to a server: asynchronous calls need threads, and so does connecting.
   */
  static final int THREADS = ConnectionCounts.MAX;

  private static final String THREAD_NAME = "traffik-redis-";

  private final Executor executor;
  private final Runnable onClose;

  private JedisExecutor(Executor executor, Runnable onClose) {
    this.executor = executor;
    this.onClose = onClose;
  }

  /** Uses the user's executor, which stays open. */
  public static JedisExecutor of(Executor executor) {
    return new JedisExecutor(executor, () -> {});
  }

  /**
   * Uses a pool of daemon threads. Not a thread per call: thousands of threads would wait for few
   * connections, and all wake up at their deadlines. Nor virtual threads: the connection pool of
   * Jedis spins while another thread opens a connection, which may then never get a carrier.
   */
  public static JedisExecutor withOwnThreads() {
    // Not bounded: lines of tasks and permits of connections bound what is submitted.
    ThreadPoolExecutor pool = DaemonExecutor.of(THREAD_NAME, THREADS, new LinkedBlockingQueue<>());
    return new JedisExecutor(pool, () -> pool.setKeepAliveTime(1, TimeUnit.NANOSECONDS));
  }

  /** A line of tasks for this executor. */
  TaskLine line(int maxRunning) {
    return new TaskLine(executor, maxRunning);
  }

  /**
   * Executes a call that does not wait in a line.
   *
   * @return the call's result; cancelling it before execution prevents the call
   */
  <T> CompletableFuture<T> submit(Callable<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      executor.execute(
          () -> {
            try {
              if (!result.isDone()) {
                result.complete(call.call());
              }
            } catch (Throwable t) {
              result.completeExceptionally(t);
            }
          });
    } catch (Throwable t) {
      // Errors too: the executor may be unable to start a thread.
      result.completeExceptionally(rejection(t));
    }
    return result;
  }

  /** The failure of a call that the executor did not accept. */
  static Throwable rejection(Throwable thrown) {
    return thrown instanceof RejectedExecutionException
        ? new CallRejectedException(
            "The executor rejected a Redis call. Give it more threads or a longer queue, or shed"
                + " load.",
            thrown)
        : thrown;
  }

  /** Ends the threads of its own as soon as they are idle. */
  void close() {
    onClose.run();
  }
}

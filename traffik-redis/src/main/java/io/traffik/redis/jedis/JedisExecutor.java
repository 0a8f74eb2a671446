package io.traffik.redis.jedis;

import io.traffik.redis.async.InFlightLimiter;
import io.traffik.spi.DaemonExecutor;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Executes blocking calls away from their callers, on threads of its own or on the user's executor.
 * Limits the calls in flight. Thread-safe.
 */
public final class JedisExecutor {

  private static final int THREADS = 64;
  private static final String THREAD_NAME = "traffik-redis-";

  private final Executor executor;
  private final Runnable onClose;
  private final InFlightLimiter limiter = new InFlightLimiter();

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
    ThreadPoolExecutor pool =
        DaemonExecutor.of(
            THREAD_NAME, THREADS, new ArrayBlockingQueue<>(InFlightLimiter.MAX_IN_FLIGHT));
    return new JedisExecutor(pool, () -> pool.setKeepAliveTime(1, TimeUnit.NANOSECONDS));
  }

  /**
   * Executes a call.
   *
   * @param abandoned whether the caller has abandoned the call; checked before execution
   * @return the call's result; cancelling it before execution prevents the call
   */
  <T> CompletableFuture<T> submit(BooleanSupplier abandoned, Callable<T> call) {
    return submitAfter(CompletableFuture.completedFuture(Boolean.TRUE), abandoned, call);
  }

  /** Executes a call once another stage has completed. No thread waits for that stage. */
  <T> CompletableFuture<T> submitAfter(
      CompletableFuture<?> before, BooleanSupplier abandoned, Callable<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      limiter.acquire();
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(e);
      return result;
    }
    var unused =
        before.whenComplete(
            (value, thrown) -> {
              if (thrown == null) {
                execute(result, abandoned, call);
              } else {
                limiter.release();
                result.completeExceptionally(thrown);
              }
            });
    return result;
  }

  private <T> void execute(
      CompletableFuture<T> result, BooleanSupplier abandoned, Callable<T> call) {
    try {
      executor.execute(
          () -> {
            try {
              if (!result.isDone() && !abandoned.getAsBoolean()) {
                result.complete(call.call());
              }
            } catch (Throwable t) {
              result.completeExceptionally(t);
            } finally {
              limiter.release();
            }
          });
    } catch (Throwable t) {
      // Errors too: the executor may be unable to start a thread.
      limiter.release();
      result.completeExceptionally(t);
    }
  }

  <T> CompletableFuture<T> submit(Callable<T> call) {
    return submit(() -> false, call);
  }

  /** Ends the threads of its own as soon as they are idle. */
  void close() {
    onClose.run();
  }
}

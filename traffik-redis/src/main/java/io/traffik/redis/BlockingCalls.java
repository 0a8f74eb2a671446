package io.traffik.redis;

import io.traffik.BackendException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Where calls wait that would otherwise hold up their callers: on virtual threads where the JVM has
 * them, else on some daemon threads, or where the user says. At most so many at once.
 */
final class BlockingCalls {

  private static final int MOST_WAITING = 10_000;
  private static final int THREADS = 64;
  private static final int IDLE_SECONDS = 10;

  private static final AtomicInteger STARTED = new AtomicInteger();

  private final Executor executor;
  private final Semaphore places = new Semaphore(MOST_WAITING);

  BlockingCalls(Executor executor) {
    this.executor = executor;
  }

  /** The executor unless the user says another. All its threads are daemons and end when idle. */
  static Executor ownExecutor() {
    try {
      // Java 21 and later
      return (Executor) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException e) {
      return pool();
    }
  }

  private static Executor pool() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            call -> {
              Thread thread = new Thread(call, "traffik-redis-" + STARTED.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /**
   * Makes a call on another thread.
   *
   * @param unwanted asked before it is made: whether nobody waits for it any more
   * @return what it returned; cancelled before it was made, it never is
   */
  <T> CompletableFuture<T> submit(BooleanSupplier unwanted, Callable<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    if (!places.tryAcquire()) {
      result.completeExceptionally(
          new BackendException(
              "calls that wait for Redis must be at most " + MOST_WAITING + " at once, and are"));
      return result;
    }
    try {
      executor.execute(
          () -> {
            try {
              if (!result.isDone() && !unwanted.getAsBoolean()) {
                result.complete(call.call());
              }
            } catch (Throwable t) {
              result.completeExceptionally(t);
            } finally {
              places.release();
            }
          });
    } catch (RuntimeException e) {
      places.release();
      result.completeExceptionally(e);
    }
    return result;
  }

  <T> CompletableFuture<T> submit(Callable<T> call) {
    return submit(() -> false, call);
  }
}

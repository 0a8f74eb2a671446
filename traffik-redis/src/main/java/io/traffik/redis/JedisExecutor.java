package io.traffik.redis;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Where calls wait that would otherwise hold up their callers: on some threads of its own, or where
 * the user says. At most so many at once.
 */
final class JedisExecutor {

  private static final int THREADS = 64;
  private static final int IDLE_SECONDS = 10;
  private static final String NAME = "traffik-redis-";

  private static final AtomicInteger STARTED = new AtomicInteger();

  private final Executor executor;
  private final Runnable closing;
  private final InFlightLimiter room = new InFlightLimiter();

  private JedisExecutor(Executor executor, Runnable closing) {
    this.executor = executor;
    this.closing = closing;
  }

  /** On the user's executor, which stays as it is. */
  static JedisExecutor on(Executor executor) {
    return new JedisExecutor(executor, () -> {});
  }

  /**
   * On threads of its own, virtual ones where the JVM has them. All of them are daemons and end
   * when idle. Not one for each call: thousands may wait, for no more connections than there are
   * threads, and would all be woken at their deadlines.
   */
  static JedisExecutor onOwnThreads() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(InFlightLimiter.PLACES),
            threads());
    pool.allowCoreThreadTimeOut(true);
    return new JedisExecutor(pool, () -> pool.setKeepAliveTime(1, TimeUnit.NANOSECONDS));
  }

  private static ThreadFactory threads() {
    try {
      // Java 21 and later
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      Object named = type.getMethod("name", String.class, long.class).invoke(builder, NAME, 1);
      return (ThreadFactory) type.getMethod("factory").invoke(named);
    } catch (ReflectiveOperationException e) {
      return call -> {
        Thread thread = new Thread(call, NAME + STARTED.incrementAndGet());
        thread.setDaemon(true);
        return thread;
      };
    }
  }

  /**
   * Makes a call on another thread.
   *
   * @param unwanted asked before it is made: whether nobody waits for it any more
   * @return what it returned; cancelled before it was made, it never is
   */
  <T> CompletableFuture<T> submit(BooleanSupplier unwanted, Callable<T> call) {
    return submitAfter(CompletableFuture.completedFuture(Boolean.TRUE), unwanted, call);
  }

  /** The same, once something else has ended, which no thread waits for. */
  <T> CompletableFuture<T> submitAfter(
      CompletableFuture<?> before, BooleanSupplier unwanted, Callable<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      room.enter();
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(e);
      return result;
    }
    Stages.onEnd(
        before,
        (value, thrown) -> {
          if (thrown == null) {
            execute(result, unwanted, call);
          } else {
            room.leave();
            result.completeExceptionally(thrown);
          }
        });
    return result;
  }

  private <T> void execute(
      CompletableFuture<T> result, BooleanSupplier unwanted, Callable<T> call) {
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
              room.leave();
            }
          });
    } catch (Throwable t) {
      // Errors too, that no thread can be started, say: the place would be taken for ever, and
      // whoever waits would never hear of it.
      room.leave();
      result.completeExceptionally(t);
    }
  }

  <T> CompletableFuture<T> submit(Callable<T> call) {
    return submit(() -> false, call);
  }

  /** Ends the threads of its own that are idle, and others as soon as they are. */
  void close() {
    closing.run();
  }
}

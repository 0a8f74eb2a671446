package io.traffik.resilience;

import io.traffik.BackendException;
import io.traffik.OverloadException;
import io.traffik.spi.DaemonThreads;
import io.traffik.spi.FairShareLimiter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Executes blocking calls of one backend on a bounded number of daemon threads, and waits for each
 * until its deadline.
 */
final class BlockingCalls {

  /** The largest number of calls at once, each of which occupies a thread. */
  static final int MAX_CALLS = 256;

  private static final ThreadFactory THREADS = DaemonThreads.named("traffik-blocking-call-");

  private enum State {
    RUNNING,
    /** The deadline has passed, but the store has not returned. */
    LATE,
    DONE
  }

  private final String namespace;
  private final Duration deadline;
  private final FairShareLimiter places = new FairShareLimiter(MAX_CALLS);
  private final AtomicInteger lateCalls = new AtomicInteger();

  /** Starts a thread only if none is idle. The places bound the number of threads. */
  private final Executor executor =
      new ThreadPoolExecutor(
          0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), THREADS);

  private volatile long lastAnswerAt = System.nanoTime();

  BlockingCalls(String namespace, Duration deadline) {
    this.namespace = namespace;
    this.deadline = deadline;
  }

  /**
   * Executes a call, and waits for it until the deadline.
   *
   * @param client whose share of the places the call occupies
   * @throws BackendException if the call is late
   * @throws OverloadException if the client has no place
   */
  <T> T call(String client, Supplier<T> task) {
    return call(client, deadline, task);
  }

  <T> T call(String client, Duration longest, Supplier<T> task) {
    if (!places.tryAcquire(client, 1)) {
      throw refusal();
    }
    if (places.occupied() - 1 <= lateCalls.get()) {
      // The store was asked nothing meanwhile, so its silence says nothing.
      lastAnswerAt = System.nanoTime();
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
    try {
      executor.execute(() -> run(client, task, result, state));
    } catch (Throwable t) {
      places.release(client, 1);
      throw t;
    }
    return await(result, state, longest);
  }

  private <T> void run(
      String client, Supplier<T> task, CompletableFuture<T> result, AtomicReference<State> state) {
    T value = null;
    Throwable thrown = null;
    try {
      value = task.get();
    } catch (Throwable t) {
      thrown = t;
    }
    if (state.compareAndSet(State.RUNNING, State.DONE)) {
      lastAnswerAt = System.nanoTime();
    } else {
      lateCalls.decrementAndGet();
    }
    // Before the result: a client that sees it may hit again at once.
    places.release(client, 1);
    if (thrown == null) {
      result.complete(value);
    } else {
      result.completeExceptionally(thrown);
    }
  }

  private <T> T await(CompletableFuture<T> result, AtomicReference<State> state, Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (TimeoutException e) {
          lateCalls.incrementAndGet();
          if (state.compareAndSet(State.RUNNING, State.LATE)) {
            throw late(longest);
          }
          lateCalls.decrementAndGet();
          return result.join();
        } catch (ExecutionException e) {
          throw unchecked(BackendException.unwrap(e));
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Throws an error, and returns any other exception of a call. */
  private static RuntimeException unchecked(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException unchecked
        ? unchecked
        : BackendException.of("Backend failed", thrown);
  }

  BackendException late(Duration longest) {
    return new BackendException(
        "Backend \""
            + namespace
            + "\" gave no answer within "
            + longest.toMillis()
            + " ms. The hit may have been charged. Check the store, or raise the deadline.");
  }

  private RuntimeException refusal() {
    if (hangs()) {
      return new BackendException(
          "Backend \""
              + namespace
              + "\" hangs: late calls occupy its threads, and the store has answered none in time"
              + " for two deadlines. Check the store.");
    }
    return new OverloadException(
        "Too many blocking calls of backend \""
            + namespace
            + "\": "
            + places.occupied()
            + " of "
            + MAX_CALLS
            + " (the limit of all clients together). Give it asynchronous methods, or shed load.");
  }

  private boolean hangs() {
    return lateCalls.get() > 0 && System.nanoTime() - lastAnswerAt > 2 * deadline.toNanos();
  }

  int lateCalls() {
    return lateCalls.get();
  }
}

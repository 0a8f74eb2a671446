package io.traffik.tck.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.IntToLongFunction;

/** Runs a task on several threads that start at the same instant. */
final class ConcurrentTasks {

  /** Numbers of threads to test with: from one pair to more than the usual number of processors. */
  static final List<Integer> SIZES = List.of(2, 4, 8, 32, 64);

  private ConcurrentTasks() {}

  /**
   * Runs one task per thread.
   *
   * @param task receives the index of its thread, from 0
   * @return the sum of the results
   */
  static long sum(int threads, IntToLongFunction task) throws InterruptedException {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      CyclicBarrier start = new CyclicBarrier(threads);
      List<Callable<Long>> tasks = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int number = thread;
        tasks.add(
            () -> {
              start.await();
              return task.applyAsLong(number);
            });
      }
      long sum = 0;
      for (Future<Long> future :
          executor.invokeAll(tasks, 2 * EntryPoint.TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        sum += result(future, threads);
      }
      return sum;
    } finally {
      executor.shutdownNow();
    }
  }

  private static long result(Future<Long> future, int threads) throws InterruptedException {
    try {
      return future.get();
    } catch (CancellationException e) {
      throw new AssertionError(threads + " concurrent threads did not finish within a minute", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new AssertionError(
          "one of " + threads + " concurrent threads threw " + e.getCause(), e.getCause());
    }
  }

  /** Runs one task per thread; the task receives the index of its thread, from 0. */
  static void run(int threads, IntConsumer task) throws InterruptedException {
    sum(
        threads,
        thread -> {
          task.accept(thread);
          return 0;
        });
  }
}

package io.traffik.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.IntToLongFunction;

/** Runs tasks in several threads that start together. */
public final class ConcurrentRunner {

  private ConcurrentRunner() {}

  /**
   * Runs one task per thread.
   *
   * @param task receives the number of its thread, from 0
   * @return the sum of the tasks' results
   */
  public static long sum(int threads, IntToLongFunction task) throws Exception {
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
      // Long enough for any machine; a task that hangs is cancelled and fails the test.
      for (Future<Long> future : executor.invokeAll(tasks, 2, TimeUnit.MINUTES)) {
        sum += future.get();
      }
      return sum;
    } finally {
      executor.shutdownNow();
    }
  }

  /** Runs one task per thread; the task receives the number of its thread, from 0. */
  public static void run(int threads, IntConsumer task) throws Exception {
    sum(
        threads,
        thread -> {
          task.accept(thread);
          return 0;
        });
  }
}

package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Hits of many threads that begin at the same time. */
final class ConcurrentHits {

  private ConcurrentHits() {}

  /** Requires that as many hits are allowed as the limit, and that the server decided all. */
  static void requireExactly(int limit, int threads, IntFunction<Callable<Decision>> hits)
      throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    CountDownLatch start = new CountDownLatch(threads);
    List<Future<Decision>> started = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Callable<Decision> hit = hits.apply(i);
      started.add(
          executor.submit(
              () -> {
                start.countDown();
                start.await();
                return hit.call();
              }));
    }
    List<Decision> decisions = new ArrayList<>();
    for (Future<Decision> hit : started) {
      decisions.add(hit.get());
    }
    executor.shutdown();
    assertThat(decisions).noneMatch(Decision::degraded).noneMatch(Decision::overloaded);
    assertThat(decisions.stream().filter(Decision::allowed)).hasSize(limit);
  }
}

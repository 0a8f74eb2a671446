package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Decision;
import io.traffik.Identity;
import io.traffik.Rate;
import io.traffik.Throttle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** Threads that hit one client as often as they can until they are stopped. */
final class LoadedThrottle {

  private static final Identity CLIENT = Identity.of("client");
  private static final long TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** A granted hit, which was decided between two readings of the clock. */
  record Grant(long before, long after) {}

  private final Throttle throttle;
  private final AtomicLongArray hits;
  private final ExecutorService executor;
  private final List<Future<List<Grant>>> threads = new ArrayList<>();
  private volatile boolean stopped;

  LoadedThrottle(Throttle throttle, int threads) {
    this.throttle = throttle;
    this.hits = new AtomicLongArray(threads);
    this.executor = Executors.newFixedThreadPool(threads);
    for (int i = 0; i < threads; i++) {
      int thread = i;
      this.threads.add(executor.submit(() -> hit(thread)));
    }
  }

  private List<Grant> hit(int thread) {
    List<Grant> grants = new ArrayList<>();
    while (!stopped) {
      long before = System.nanoTime();
      Decision decision = throttle.hit(CLIENT);
      if (decision.allowed()) {
        grants.add(new Grant(before, System.nanoTime()));
      }
      hits.incrementAndGet(thread);
      // Lets all threads have their turns on few processors.
      LockSupport.parkNanos(1);
    }
    return grants;
  }

  /** Waits until every thread has begun and ended a hit after this call. */
  void awaitHits() {
    long end = System.nanoTime() + TIMEOUT_NANOS;
    long[] enough = IntStream.range(0, hits.length()).mapToLong(i -> hits.get(i) + 2).toArray();
    for (int i = 0; i < enough.length; i++) {
      while (hits.get(i) < enough[i]) {
        assertThat(threads.get(i)).as("thread %s", i).isNotDone();
        assertThat(System.nanoTime()).as("now").isLessThan(end);
        LockSupport.parkNanos(1);
      }
    }
  }

  /** Stops the threads and returns all grants, in the order in which they ended. */
  List<Grant> stop() throws InterruptedException, ExecutionException {
    stopped = true;
    List<Grant> grants = new ArrayList<>();
    for (Future<List<Grant>> thread : threads) {
      grants.addAll(thread.get());
    }
    executor.shutdown();
    grants.sort(Comparator.comparingLong(Grant::after));
    return grants;
  }

  /** Requires that no span has more grants than the capacity and what refills (rule B3). */
  static void requireWithinRate(Rate rate, List<Grant> grants) {
    for (Grant first : grants) {
      long granted = 0;
      for (Grant last : grants) {
        if (last.before() >= first.before()) {
          granted++;
          long span = last.after() - first.before();
          // The store's clock may differ from that of the test.
          long tolerance = TimeUnit.MILLISECONDS.toNanos(1) + span / 1_000;
          assertThat(granted)
              .as("granted by %s in %s ms", rate, TimeUnit.NANOSECONDS.toMillis(span))
              .isLessThanOrEqualTo(rate.capacity() + (span + tolerance) / rate.nanosPerToken());
        }
      }
    }
  }
}

package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.FailurePolicy;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Threads of one client that hit continuously, on a healthy server and with the default deadline:
 * for a second, or for as many milliseconds as {@code -Dtraffik.redis.load} says.
 */
@Isolated
@NeedsProcesses
@Tag("fault")
class SustainedLoadTest {

  private static final System.Logger LOG = System.getLogger(SustainedLoadTest.class.getName());

  private static final Duration LOAD = Duration.ofMillis(Long.getLong("traffik.redis.load", 1_000));
  private static final int THREADS = 1_000;
  private static final int LIMIT = 100;
  private static final ConnectionView CLIENT = ConnectionView.of(Identity.of("client"));

  /** What the threads have seen. */
  private static final class Results {
    private final LongAdder decided = new LongAdder();
    private final LongAdder granted = new LongAdder();
    private final Queue<Undecided> undecided = new ConcurrentLinkedQueue<>();
  }

  /** A hit that the server did not decide in time. */
  private record Undecided(Decision decision, long start, long end) {
    @Override
    public String toString() {
      return (decision.overloaded() ? "overloaded" : "degraded")
          + " after "
          + TimeUnit.NANOSECONDS.toMillis(end - start)
          + " ms, ended at "
          + TimeUnit.NANOSECONDS.toMillis(end)
          + " ms";
    }
  }

  @ParameterizedTest
  @EnumSource
  void b3_f1_everyHitOfAThousandThreadsIsDecided(ClientLibrary library) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    Results results = new Results();
    long start;
    long end;
    PauseMonitor monitor = PauseMonitor.begin();
    try (monitor;
        RedisProcess server = RedisProcess.start();
        Backend backend = library.standalone(server.uri().toString(), "load")) {
      Throttle throttle =
          Throttle.builder("api")
              .rate(LIMIT + "/h")
              .backend(backend)
              .onBackendFailure(FailurePolicy.ALLOW)
              .build();
      backend.open();
      CountDownLatch ready = new CountDownLatch(THREADS);
      start = System.nanoTime();
      List<CompletableFuture<Void>> loops = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        loops.add(
            CompletableFuture.runAsync(
                () -> {
                  ready.countDown();
                  hitContinuously(throttle, ready, results);
                },
                threads));
      }
      loops.forEach(CompletableFuture::join);
      end = System.nanoTime();
    } finally {
      threads.shutdownNow();
    }
    LOG.log(
        Level.INFO,
        "{0}: {1} hits decided, {2} not decided, {3} pauses",
        library,
        results.decided.sum(),
        results.undecided.size(),
        monitor.pauses());
    assertThat(results.undecided)
        .allMatch(hit -> monitor.pausedBetween(hit.start(), hit.end()), "was late in a pause");
    long refilled =
        Duration.ofNanos(end - start).toMillis() * LIMIT / Duration.ofHours(1).toMillis();
    // A hit that was late in a pause may have been charged.
    assertThat(results.granted.sum())
        .isBetween((long) LIMIT - results.undecided.size(), LIMIT + refilled);
  }

  private static void hitContinuously(Throttle throttle, CountDownLatch ready, Results results) {
    try {
      ready.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    long end = System.nanoTime() + LOAD.toNanos();
    while (System.nanoTime() - end < 0) {
      long start = System.nanoTime();
      Decision decision = throttle.hit(CLIENT);
      if (!decision.degraded() && !decision.overloaded()) {
        results.decided.increment();
        if (decision.allowed()) {
          results.granted.increment();
        }
      } else {
        results.undecided.add(new Undecided(decision, start, System.nanoTime()));
      }
    }
  }
}

package io.traffik.jmh.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.jmh.check.JfrAttribution.Span;
import io.traffik.jmh.workload.Limiter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A call's own time is separated from pauses around it. */
class CallTimerTest {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final long LONG = TimeUnit.MILLISECONDS.toNanos(20);

  private static CallLatencies pausesOf(Runnable work) throws Exception {
    try (CallTimer times = new CallTimer()) {
      Limiter timed = times.timed(new Running(work));
      assertThat(timed.hit("203.0.113.7")).isTrue();
      return times.latencies();
    }
  }

  @Test
  void computingCountsAsProcessorTime() throws Exception {
    CallLatencies latencies =
        pausesOf(
            () -> {
              long until = THREADS.getCurrentThreadCpuTime() + LONG;
              while (THREADS.getCurrentThreadCpuTime() < until) {
                Thread.onSpinWait();
              }
            });
    assertThat(latencies.longestCpuTime()).isGreaterThanOrEqualTo(LONG);
    assertThat(latencies.longestWithoutSafepoints())
        .isGreaterThanOrEqualTo(latencies.longestCpuTime());
    assertThat(latencies.longest()).isGreaterThanOrEqualTo(LONG);
  }

  @Test
  void waitingCountsAsWait() throws Exception {
    CallLatencies latencies =
        pausesOf(
            () -> {
              long until = System.nanoTime() + LONG;
              while (System.nanoTime() < until) {
                LockSupport.parkNanos(until - System.nanoTime());
              }
            });
    assertThat(latencies.longestLockWait()).isPositive();
    assertThat(latencies.longestCpuTime()).isLessThan(latencies.longestWithoutSafepoints());
  }

  @Test
  void aCollectionDuringACallIsSubtracted() throws Exception {
    CallLatencies latencies = pausesOf(System::gc);
    assertThat(latencies.safepoints()).isPositive();
    assertThat(latencies.longestSafepoint()).isPositive();
    assertThat(latencies.longestWithoutSafepoints()).isLessThan(latencies.longest());
  }

  private static Span span(long from, long to) {
    return new Span(Instant.ofEpochSecond(0, from), Instant.ofEpochSecond(0, to));
  }

  @Test
  void onlyOverlappingPausesCount() {
    List<Span> safepoints = List.of(span(0, 15), span(30, 40), span(95, 200));
    JfrAttribution attribution = new JfrAttribution(safepoints);
    attribution.add(span(10, 100), 50, List.of(span(0, 12), span(60, 70)));
    assertThat(attribution.longestWithoutSafepoints()).isEqualTo(90 - 5 - 10 - 5);
    assertThat(attribution.longestCpuTime()).isEqualTo(50);
    assertThat(attribution.longestLockWait()).isEqualTo(2 + 10);
    assertThat(attribution.longestSafepoint()).isEqualTo(105);
    assertThat(attribution.safepoints()).isEqualTo(3);
    attribution.add(span(300, 360), 80, List.of());
    assertThat(attribution.longestCpuTime()).as("at most the call's duration").isEqualTo(60);
    assertThat(attribution.longestWithoutSafepoints())
        .as("the longest of both calls")
        .isEqualTo(70);
  }

  private record Running(Runnable work) implements Limiter {

    @Override
    public boolean hit(String identity) {
      work.run();
      return true;
    }

    @Override
    public void consumeHalf(String identity) {}

    @Override
    public long size() {
      return 1;
    }
  }
}

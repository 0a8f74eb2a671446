package io.traffik.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.jmh.JfrAttribution.Span;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What a call did itself is told from what was done to it. */
class CallTimesTest {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final long LONG = TimeUnit.MILLISECONDS.toNanos(20);

  private static Pauses pausesOf(Runnable work) throws Exception {
    try (CallTimes times = new CallTimes()) {
      Limiter timed = times.timing(new Working(work));
      assertThat(timed.hit("203.0.113.7")).isTrue();
      return times.pauses();
    }
  }

  @Test
  void aCallThatComputesIsItsOwnDoing() throws Exception {
    Pauses pauses =
        pausesOf(
            () -> {
              long until = THREADS.getCurrentThreadCpuTime() + LONG;
              while (THREADS.getCurrentThreadCpuTime() < until) {
                Thread.onSpinWait();
              }
            });
    assertThat(pauses.longestOwn()).isGreaterThanOrEqualTo(LONG);
    assertThat(pauses.longestWithoutSafepoints()).isGreaterThanOrEqualTo(pauses.longestOwn());
    assertThat(pauses.longest()).isGreaterThanOrEqualTo(LONG);
  }

  @Test
  void aCallThatWaitsIsToldApart() throws Exception {
    Pauses pauses =
        pausesOf(
            () -> {
              long until = System.nanoTime() + LONG;
              while (System.nanoTime() < until) {
                LockSupport.parkNanos(until - System.nanoTime());
              }
            });
    assertThat(pauses.longestWait()).isPositive();
    assertThat(pauses.longestOwn()).isLessThan(pauses.longestWithoutSafepoints());
  }

  @Test
  void aCollectionDuringACallIsTakenAway() throws Exception {
    Pauses pauses = pausesOf(System::gc);
    assertThat(pauses.safepoints()).isPositive();
    assertThat(pauses.longestSafepoint()).isPositive();
    assertThat(pauses.longestWithoutSafepoints()).isLessThan(pauses.longest());
  }

  private static Span span(long from, long to) {
    return new Span(Instant.ofEpochSecond(0, from), Instant.ofEpochSecond(0, to));
  }

  @Test
  void ofACallCountsWhatOverlapsIt() {
    List<Span> safepoints = List.of(span(0, 15), span(30, 40), span(95, 200));
    JfrAttribution ownTime = new JfrAttribution(safepoints);
    ownTime.add(span(10, 100), 50, List.of(span(0, 12), span(60, 70)));
    assertThat(ownTime.longestWithoutSafepoints()).isEqualTo(90 - 5 - 10 - 5);
    assertThat(ownTime.longestOwn()).isEqualTo(50);
    assertThat(ownTime.longestWait()).isEqualTo(2 + 10);
    assertThat(ownTime.longestSafepoint()).isEqualTo(105);
    assertThat(ownTime.safepoints()).isEqualTo(3);
    ownTime.add(span(300, 360), 80, List.of());
    assertThat(ownTime.longestOwn()).as("no more than the call").isEqualTo(60);
    assertThat(ownTime.longestWithoutSafepoints()).as("the longest of all").isEqualTo(70);
  }

  private record Working(Runnable work) implements Limiter {

    @Override
    public boolean hit(String identity) {
      work.run();
      return true;
    }

    @Override
    public void admit(String identity) {}

    @Override
    public long size() {
      return 1;
    }
  }
}

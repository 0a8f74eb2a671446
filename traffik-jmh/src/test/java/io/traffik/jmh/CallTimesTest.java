package io.traffik.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
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

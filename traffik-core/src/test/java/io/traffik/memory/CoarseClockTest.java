package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.traffik.Backend.Operation;
import io.traffik.ConfigurationException;
import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The coarse clock lags by up to a tick and never runs ahead. */
class CoarseClockTest {

  @Test
  void b3_b8_itNeitherLeadsNorStepsBack() {
    long before = System.nanoTime();
    CoarseClock clock = CoarseClock.ticking(1_000);
    try {
      for (long last = 0; last < 5_000_000; ) {
        long reading = clock.getAsLong();
        assertThat(reading).isBetween(last, System.nanoTime() - before);
        last = reading;
      }
    } finally {
      clock.stop();
    }
  }

  @Test
  void m2_itsThreadEndsWithTheBackend() {
    Set<Thread> before = clockThreads();
    InMemoryBackend backend =
        InMemoryBackend.builder("coarse").coarseClock(Duration.ofMillis(1)).build();
    // Threads of other tests may still be ending.
    Set<Thread> started = clockThreads();
    started.removeAll(before);
    assertThat(started).hasSize(1).allMatch(Thread::isAlive);
    backend.close();
    await().until(() -> started.stream().noneMatch(Thread::isAlive));
  }

  /**
   * All threads of a group may be interrupted. A clock that did not sleep would then occupy a
   * processor.
   */
  @Test
  void m4_itRestsBetweenTicksThoughItsThreadWasInterrupted() {
    Set<Thread> before = clockThreads();
    CoarseClock clock = CoarseClock.ticking(Duration.ofSeconds(1).toNanos());
    try {
      Set<Thread> started = clockThreads();
      started.removeAll(before);
      assertThat(started).hasSize(1);
      started.forEach(Thread::interrupt);
      Set<Long> readings = new HashSet<>();
      for (long start = System.nanoTime(); System.nanoTime() - start < 100_000_000; ) {
        readings.add(clock.getAsLong());
      }
      // Readings before and after the first tick, after the interrupt, and after one more tick.
      assertThat(readings).hasSizeLessThan(5);
    } finally {
      clock.stop();
    }
  }

  @Test
  void b4_aDenialEndsWhenTheClockHasMovedOn() {
    InMemoryBackend backend =
        InMemoryBackend.builder("coarse").coarseClock(Duration.ofMillis(1)).build();
    QuotaPolicy policy = Policies.of("api", Rate.of(1, Duration.ofMillis(20)));
    assertThat(backend.decideSingle(Operation.HIT, policy, "client", "", 1, 0)).isZero();
    assertThat(backend.decideSingle(Operation.PEEK, policy, "client", "", 1, 0)).isNegative();
    await().until(() -> backend.decideSingle(Operation.HIT, policy, "client", "", 1, 0) >= 0);
    backend.close();
  }

  @Test
  void r2_aTickIsFromAMicrosecondToASecond() {
    for (Duration tick :
        new Duration[] {Duration.ZERO, Duration.ofNanos(999), Duration.ofSeconds(2)}) {
      assertThatExceptionOfType(ConfigurationException.class)
          .isThrownBy(() -> InMemoryBackend.builder("coarse").coarseClock(tick))
          .withMessageContaining("tick must be from 1 µs to 1 s: " + tick);
    }
  }

  private static Set<Thread> clockThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("traffik-clock"))
        .collect(Collectors.toCollection(HashSet::new));
  }
}

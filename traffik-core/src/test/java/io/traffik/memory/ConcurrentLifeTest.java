package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Hits while other threads reset, clean up, refund or close; then the counts are checked. */
class ConcurrentLifeTest {

  private static final int THREADS = 6;
  private static final int HITS = 20_000;
  private static final int KEYS = 300;

  private final AtomicLong ticks = new AtomicLong();
  private final InMemoryBackend backend =
      InMemoryBackend.builder("test").maxKeys(2_000).clock(ticks::incrementAndGet).build();

  private final QuotaPolicy brief = Policies.of("brief", Rate.of(2, Duration.ofNanos(900)));
  private final QuotaPolicy several =
      Policies.of("several", Rate.of(5, Duration.ofNanos(3_000)), Rate.of(3, Policies.YEAR));

  @Test
  void b3_b10_cleaningUpNeverGivesAKeyMoreThanItsCapacity() throws Exception {
    QuotaPolicy slow = Policies.perYear(1_000);
    long granted =
        ConcurrentRunner.sum(
            THREADS,
            thread -> {
              long sum = 0;
              for (int i = 0; i < HITS; i++) {
                if (thread == 0) {
                  backend.cleanUp();
                } else {
                  use(thread, i);
                  sum += backend.decideSingle(Operation.HIT, slow, "slow", "", 1, 0) >= 0 ? 1 : 0;
                }
              }
              return sum;
            });
    assertThat(granted).isEqualTo(1_000);
    assertBooksAreRight();
  }

  @Test
  void l2_resettingBetweenHitsLeavesTheBooksRight() throws Exception {
    ConcurrentRunner.run(
        THREADS,
        thread -> {
          for (int i = 0; i < HITS; i++) {
            if (thread == 0 && i % 10 == 0) {
              backend.reset();
            } else if (thread == 1 && i % 10 == 0) {
              backend.cleanUp();
            } else {
              use(thread, i);
            }
          }
        });
    assertBooksAreRight();
  }

  @RepeatedTest(20)
  void l3_closingBetweenHitsEndsThemWithIllegalStateAlone() throws Exception {
    AtomicBoolean closed = new AtomicBoolean();
    ConcurrentRunner.run(
        THREADS,
        thread -> {
          try {
            for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
              if (thread == 0 && i == 500) {
                backend.close();
                closed.set(true);
              }
              boolean tooLate = closed.get();
              use(thread, i);
              assertThat(tooLate).as("used though it was closed").isFalse();
            }
          } catch (IllegalStateException expected) {
            assertThat(expected).hasMessage("Backend \"test\" is closed. Create a new one.");
          }
        });
    // A hit that was in progress may have added its keys afterwards.
    assertThat(backend.size()).isBetween(0L, 2L * THREADS);
  }

  private void use(int thread, int i) {
    String identity = "c" + (i * 7 + thread) % KEYS;
    Operation operation = i % 9 == 0 ? Operation.REFUND : Operation.HIT;
    backend.decideSingle(operation, brief, identity, "", 1, 0);
    if (i % 4 == 0) {
      backend.decide(new BackendCall(operation, several, identity, "", 1));
    }
  }

  /** The number of keys agrees with the tables: removing all keys leaves a count of zero. */
  private void assertBooksAreRight() {
    assertThat(backend.size()).isBetween(0L, 3L * KEYS + 1);
    ticks.addAndGet(2 * Policies.YEAR.toNanos());
    backend.cleanUp();
    assertThat(backend.size()).isZero();
    for (int i = 0; i < 100; i++) {
      backend.decideSingle(Operation.HIT, Policies.perYear(1), "after" + i, "", 1, 0);
    }
    assertThat(backend.size()).isEqualTo(100);
    backend.reset();
    assertThat(backend.size()).isZero();
  }
}

package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bound on the number of keys. */
class MemoryBoundTest {

  private static final int FLOODERS = 4;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 7, 100, 2_000})
  void m1_theBoundIsNeverExceededWhileThreadsFlood(long maxKeys) throws Exception {
    SettableClock clock = new SettableClock();
    InMemoryBackend backend = InMemoryBackend.builder("test").maxKeys(maxKeys).clock(clock).build();
    QuotaPolicy single = Policies.perYear(3);
    QuotaPolicy several =
        Policies.of("several", Rate.of(3, Policies.YEAR), Rate.of(9, Policies.YEAR));
    int keys = (int) Math.max(1_000, 3 * maxKeys);
    AtomicInteger flooding = new AtomicInteger(FLOODERS);
    long most =
        ConcurrentRunner.sum(
            FLOODERS + 1,
            thread -> {
              if (thread == FLOODERS) {
                return mostWhile(flooding, backend);
              }
              try {
                for (int i = 0; i < keys; i++) {
                  backend.decideSingle(Operation.HIT, single, thread + ":" + i, "", 1 + i % 3, 0);
                  backend.decide(
                      new BackendCall(Operation.HIT, several, thread + ":" + i, "", 1 + i % 3));
                }
                return 0;
              } finally {
                flooding.decrementAndGet();
              }
            });
    assertThat(most).isBetween(1L, maxKeys);
    long held = backend.size();
    assertThat(held).isBetween(maxKeys - maxKeys / 40, maxKeys);
    // The keys themselves agree with the count.
    long there = 0;
    for (int thread = 0; thread < FLOODERS; thread++) {
      for (int i = 0; i < keys; i++) {
        there += missing(backend, single, thread + ":" + i);
        there += missing(backend, several, thread + ":" + i);
      }
    }
    assertThat(there).isEqualTo(held);
    assertThat(backend.evictions()).isEqualTo(2L * FLOODERS * keys - held);
  }

  @Test
  void m1_theDefaultBoundIsAMillion() {
    InMemoryBackend backend = InMemoryBackend.builder("test").clock(new SettableClock()).build();
    QuotaPolicy policy = Policies.perYear(3);
    for (int i = 0; i < 1_001_000; i++) {
      backend.decideSingle(Operation.HIT, policy, Integer.toString(i), "", 1, 0);
    }
    assertThat(backend.size()).isBetween(980_000L, 1_000_000L);
    assertThat(backend.evictions()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {5, 500, 10_000, 300_000})
  void m1_noKeyIsEvictedUntilTheBoundIsNear(long maxKeys) {
    InMemoryBackend backend =
        InMemoryBackend.builder("test").maxKeys(maxKeys).clock(new SettableClock()).build();
    long near = maxKeys - maxKeys / 40;
    for (int i = 0; i < near; i++) {
      backend.decideSingle(Operation.HIT, Policies.perYear(3), Integer.toString(i), "", 1, 0);
    }
    assertThat(backend.evictions()).isZero();
    assertThat(backend.size()).isEqualTo(near);
  }

  @Test
  void m1_refilledBucketsMakeRoomUnderTheBoundToo() throws Exception {
    AtomicLong ticks = new AtomicLong();
    InMemoryBackend backend =
        InMemoryBackend.builder("test").maxKeys(50).clock(ticks::incrementAndGet).build();
    QuotaPolicy brief = Policies.of("brief", Rate.of(1, Duration.ofNanos(200)));
    AtomicBoolean exceeded = new AtomicBoolean();
    ConcurrentRunner.run(
        4,
        thread -> {
          for (int i = 0; i < 20_000; i++) {
            backend.decideSingle(Operation.HIT, brief, thread + ":" + i, "", 1, 0);
            if (backend.size() > 50) {
              exceeded.set(true);
            }
          }
        });
    assertThat(exceeded).isFalse();
    ticks.addAndGet(1_000);
    backend.cleanUp();
    assertThat(backend.size()).isZero();
  }

  private static long mostWhile(AtomicInteger flooding, InMemoryBackend backend) {
    long most = 0;
    while (flooding.get() > 0) {
      most = Math.max(most, backend.size());
    }
    return Math.max(most, backend.size());
  }

  private static long missing(InMemoryBackend backend, QuotaPolicy policy, String identity) {
    long[] held = backend.decide(new BackendCall(Operation.PEEK, policy, identity, "", 0));
    for (int i = 0; i < held.length; i++) {
      assertThat(held[i] < policy.rate(i).fillNanos())
          .isEqualTo(held[0] < policy.rate(0).fillNanos());
    }
    return held[0] < policy.rate(0).fillNanos() ? 1 : 0;
  }
}

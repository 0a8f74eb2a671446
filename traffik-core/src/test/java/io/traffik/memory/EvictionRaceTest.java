package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Hits on a key during its eviction, and new keys for which no key may be evicted. */
class EvictionRaceTest {

  private static final QuotaPolicy TWO = Policies.of("two", Rate.of(2, Duration.ofNanos(1_000)));

  /** A full bucket is hit between its selection and its eviction: its debt is lost and counted. */
  @Test
  void m3_aBucketThatIsHitWhileItGivesWayIsCounted() throws Exception {
    AtomicLong clock = new AtomicLong(1);
    StripedStore stripes = new StripedStore(8, clock::get);
    AtomicInteger arrivals = new AtomicInteger();
    int rounds = 20_000;
    AtomicInteger uncounted = new AtomicInteger();
    ConcurrentRunner.run(
        2,
        thread -> {
          for (int round = 0; round < rounds; round++) {
            if (thread == 0) {
              stripes.clear();
              for (long key = 100; key < 108; key++) {
                hit(stripes, key);
              }
              clock.addAndGet(10_000);
            }
            meet(arrivals);
            if (thread == 1) {
              spin(round % 32);
              hit(stripes, 1_000L + round);
              meet(arrivals);
            } else {
              spin(round / 32 % 32);
              long evictions = stripes.evictions();
              int granted = hits(stripes, 100);
              meet(arrivals);
              granted += hits(stripes, 100);
              if (granted > 2 && stripes.evictions() == evictions) {
                uncounted.incrementAndGet();
              }
            }
          }
        });
    assertThat(uncounted).hasValue(0);
  }

  /** Spins, so that both threads leave together; a sleeping thread would leave later. */
  private static void meet(AtomicInteger arrivals) {
    int awaited = arrivals.getAndIncrement() / 2 * 2 + 2;
    for (int spins = 0; arrivals.get() < awaited; spins++) {
      if (spins < 10_000) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(1_000);
      }
    }
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }

  private static int hits(StripedStore stripes, long key) {
    int granted = 0;
    for (int i = 0; i < 5; i++) {
      granted += hit(stripes, key) >= 0 ? 1 : 0;
    }
    return granted;
  }

  private static long hit(StripedStore stripes, long key) {
    return FingerprintCalls.decide(stripes, key, 0, Operation.HIT, TWO, 1, null);
  }

  /** A new key is not added if its whole sample is throttled, but not every time. */
  @Test
  void m3_noClientIsTurnedAwayForItsPlace() {
    int keys = 800;
    int throttled = keys / 2;
    RateListRegistry lists = new RateListRegistry();
    Stripe stripe = new Stripe(new KeyBudget(keys, 1), lists, () -> 0, table -> {});
    QuotaPolicy hundred = Policies.of("hundred", Rate.of(100, Policies.YEAR));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < keys; i++) {
      FingerprintCalls.decide(
          stripe,
          lists,
          random.nextLong() | 1,
          random.nextLong(),
          Operation.HIT,
          hundred,
          i < throttled ? 100 : 20);
    }
    for (int client = 0; client < 2_000; client++) {
      long high = random.nextLong() | 1;
      long low = random.nextLong();
      int granted = 0;
      for (int i = 0; i < 300; i++) {
        granted +=
            FingerprintCalls.decide(stripe, lists, high, low, Operation.HIT, hundred, 1) >= 0
                ? 1
                : 0;
      }
      assertThat(granted).isLessThan(200);
      // A refund makes the key the next victim: it lacks less than half.
      FingerprintCalls.decide(stripe, lists, high, low, Operation.REFUND, hundred, 80);
    }
  }
}

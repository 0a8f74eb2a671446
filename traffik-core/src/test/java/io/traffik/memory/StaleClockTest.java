package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A thread that is delayed after reading the clock must not decide by that reading once another
 * thread has hit the bucket. A scripted clock shows this every time.
 */
class StaleClockTest {

  private static final Rate ONE_PER_TEN = Rate.of(1, Duration.ofNanos(10));

  private final AtomicLong now = new AtomicLong();

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void b3_noDecisionIsMadeByAReadingThatAnotherHitHasOvertaken(int rates) throws Exception {
    QuotaPolicy policy =
        rates == 1 ? Policies.of("api", ONE_PER_TEN) : Policies.of("api", ONE_PER_TEN, ONE_PER_TEN);
    DelayedClock clock = new DelayedClock();
    StripedStore stripes = new StripedStore(100, clock);
    assertThat(hit(stripes, policy)).isTrue();

    Thread other =
        new Thread(
            () -> {
              now.set(10);
              hit(stripes, policy);
            });
    clock.delayUntilDoneOrWaiting(other);
    // Reads 0, and is delayed until the other thread has hit at 10 or waits for this one.
    hit(stripes, policy);
    other.join();

    assertThat(now.get()).isEqualTo(10);
    assertThat(hit(stripes, policy)).as("a second hit at 10").isFalse();
    now.set(19);
    assertThat(hit(stripes, policy)).isFalse();
    now.set(20);
    assertThat(hit(stripes, policy)).isTrue();
  }

  /** The placeholder for a skipped reading must never be used as an instant. */
  @Test
  void b2_b3_ofALongPeriodTheHitAfterADenialIsDecidedByTheClockToo() {
    Rate ofALifetime = Rate.of(10, Duration.ofDays(139 * 365));
    QuotaPolicy patient = Policies.of("patient", ofALifetime);
    QuotaPolicy strict = Policies.of("strict", ONE_PER_TEN);
    StripedStore stripes = new StripedStore(100, now::get);
    for (int held = 9; held >= 0; held--) {
      assertThat(
              FingerprintCalls.decide(stripes, 2, 2, Operation.HIT, patient, 1, null)
                  / ofALifetime.nanosPerToken())
          .isEqualTo(held);
      hit(stripes, strict);
      assertThat(hit(stripes, strict)).isFalse();
    }
    assertThat(FingerprintCalls.decide(stripes, 2, 2, Operation.HIT, patient, 1, null))
        .isNegative();
  }

  /** A key that was added, exhausted and removed meanwhile is full, but was not at that reading. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void b3_noKeyIsAddedByAReadingFromBeforeItWasForgotten(int rates) throws Exception {
    QuotaPolicy policy =
        rates == 1 ? Policies.of("api", ONE_PER_TEN) : Policies.of("api", ONE_PER_TEN, ONE_PER_TEN);
    DelayedClock clock = new DelayedClock();
    StripedStore stripes = new StripedStore(100, clock);
    AtomicInteger granted = new AtomicInteger();
    Thread other =
        new Thread(
            () -> {
              count(granted, hit(stripes, policy));
              now.set(10);
              count(granted, hit(stripes, policy));
              now.set(20);
              stripes.cleanUp();
            });
    clock.delayUntilDoneOrWaiting(other);
    count(granted, hit(stripes, policy));
    other.join();

    assertThat(now.get()).isEqualTo(20);
    count(granted, hit(stripes, policy));
    count(granted, hit(stripes, policy));
    assertThat(granted).as("one, and two that refilled by 20").hasValueLessThanOrEqualTo(3);
  }

  private static void count(AtomicInteger granted, boolean isGranted) {
    granted.addAndGet(isGranted ? 1 : 0);
  }

  @Test
  void b8_readingsOfAGivenClockThatOvertakeEachOtherAreNoStepsBack() throws Exception {
    AtomicLong source = new AtomicLong();
    SteadyClock clock = new SteadyClock(source::incrementAndGet);
    long start = clock.getAsLong();
    long readings = 50_000;
    ConcurrentRunner.run(
        8,
        thread -> {
          for (long i = 0, last = 0; i < readings; i++) {
            long reading = clock.getAsLong();
            assertThat(reading).isGreaterThan(last);
            last = reading;
          }
        });
    assertThat(clock.getAsLong()).isEqualTo(start + 8 * readings + 1);
  }

  private static boolean hit(StripedStore stripes, QuotaPolicy policy) {
    long[] margins = policy.size() == 1 ? null : new long[policy.size()];
    return FingerprintCalls.decide(stripes, 1, 1, Operation.HIT, policy, 1, margins) >= 0;
  }

  /** Delays one reader once after its reading. */
  private final class DelayedClock implements LongSupplier {

    private volatile Thread other;

    void delayUntilDoneOrWaiting(Thread thread) {
      other = thread;
    }

    @Override
    public long getAsLong() {
      long reading = now.get();
      Thread awaited = other;
      if (awaited != null) {
        other = null;
        awaited.start();
        await()
            .pollInSameThread()
            .until(
                awaited::getState,
                state -> state == Thread.State.TIMED_WAITING || state == Thread.State.TERMINATED);
      }
      return reading;
    }
  }
}

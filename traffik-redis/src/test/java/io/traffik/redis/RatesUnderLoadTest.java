package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.FailurePolicy;
import io.traffik.Rate;
import io.traffik.Rates;
import io.traffik.Throttle;
import io.traffik.redis.LoadedThrottle.Grant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rates that are lowered and raised while eight threads hit one client, by real clocks. */
@Isolated
@Tag("fault")
final class RatesUnderLoadTest {

  private static final int THREADS = 8;
  private static final Rate LOW = Rate.perSecond(100).withCapacity(20);
  private static final Rate HIGH = Rate.perSecond(400).withCapacity(60);
  private static final long FAST_CHANGES_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int LONG_PERIODS = 6;
  private static final long LONG_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** A time in which all hits have the same rate. */
  private record Period(Rate rate, long from, long until) {

    List<Grant> of(List<Grant> grants) {
      return grants.stream()
          .filter(grant -> grant.before() >= from && grant.after() <= until)
          .toList();
    }
  }

  /**
   * Fast changes would add up what each of them forgives. In the long periods, the rate itself
   * limits what is granted.
   */
  @ParameterizedTest
  @EnumSource
  void b3_b11_t9_noChangeUnderLoadGrantsMoreThanTheRates(StoreUnderTest store) throws Exception {
    try (Backend backend = store.backend("load-" + Long.toHexString(System.nanoTime()))) {
      Throttle throttle =
          Throttle.builder("api")
              .rate(LOW)
              .backend(backend)
              .onBackendFailure(FailurePolicy.THROW)
              .build();
      long begin = System.nanoTime();
      LoadedThrottle load = new LoadedThrottle(throttle, THREADS);
      int changes = 0;
      while (System.nanoTime() - begin < FAST_CHANGES_NANOS) {
        change(throttle, changes++);
        load.awaitHits();
      }
      List<Period> periods = new ArrayList<>();
      for (int i = 0; i < LONG_PERIODS; i++) {
        Rate rate = change(throttle, i);
        // Hits that had begun before the change used the rate from before.
        load.awaitHits();
        long from = System.nanoTime();
        while (System.nanoTime() - from < LONG_PERIOD_NANOS) {
          load.awaitHits();
        }
        periods.add(new Period(rate, from, System.nanoTime()));
      }
      List<Grant> grants = load.stop();
      assertThat(changes).as("fast changes").isGreaterThan(20);
      LoadedThrottle.requireWithinRate(HIGH, grants);
      for (Period period : periods) {
        LoadedThrottle.requireWithinRate(period.rate(), period.of(grants));
      }
      assertThat(grants.size())
          .as("granted at both rates together")
          .isGreaterThan(
              (int) (LOW.capacity() + (System.nanoTime() - begin) / LOW.nanosPerToken()));
      backend.reset();
    }
  }

  private static Rate change(Throttle throttle, int number) {
    Rate rate = number % 2 == 0 ? HIGH : LOW;
    throttle.setRates(Rates.of(List.of(rate)));
    return rate;
  }
}

package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Charge;
import io.traffik.ConnectionView;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.tck.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Waiting and settling on buckets in memory, with a manual clock. */
final class WaitingExamplesTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final ConnectionView JOB = ConnectionView.of(Identity.of("job"));

  private final ManualClock clock = new ManualClock();
  private final CallCountingBackend backend = new CallCountingBackend(clock.backend());

  private Throttle throttle(String rate) {
    return Throttle.builder("api").rate(rate).maxWait(MINUTE).backend(backend).clock(clock).build();
  }

  private static Duration delay(Charge charge) {
    return charge.decision().delay();
  }

  private static List<Duration> every200Millis(int count) {
    return IntStream.range(0, count).mapToObj(i -> Duration.ofMillis(200L * i)).toList();
  }

  @Test
  void b13_twentyCallersOfFortyTokensMakeFortyCallsAndAreEvenlySpaced() throws Exception {
    Throttle mail = throttle("5/s (capacity 1)");
    ExecutorService pool = Executors.newFixedThreadPool(20);
    List<Future<List<Duration>>> callers = new ArrayList<>();
    try {
      Callable<List<Duration>> twoHits =
          () -> List.of(delay(mail.reserve(JOB, 1, MINUTE)), delay(mail.reserve(JOB, 1, MINUTE)));
      for (int i = 0; i < 20; i++) {
        callers.add(pool.submit(twoHits));
      }
      List<Duration> delays = new ArrayList<>();
      for (Future<List<Duration>> caller : callers) {
        assertThat(caller.get()).as("in the order of the calls").isSorted();
        delays.addAll(caller.get());
      }
      assertThat(delays).containsExactlyInAnyOrderElementsOf(every200Millis(40));
    } finally {
      pool.shutdown();
    }
    assertThat(backend.calls()).isEqualTo(40);
  }

  @Test
  void b13_delaysFollowTheOrderOfArrival() {
    Throttle mail = throttle("5/s (capacity 1)");
    List<Duration> delays = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      delays.add(delay(mail.reserveAsync(JOB, 1, MINUTE).toCompletableFuture().join()));
    }
    assertThat(delays).isEqualTo(every200Millis(40));
    assertThat(backend.calls()).isEqualTo(40);
  }

  @Test
  void b13_cancellationNeverLetsTwoHitsProceedForOneToken() {
    for (int cancelled = 0; cancelled < 5; cancelled++) {
      Throttle api = throttle("1/s (capacity 1)");
      backend.reset();
      List<Charge> charges = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        charges.add(api.reserve(JOB, 1, MINUTE));
      }
      clock.advance(Duration.ofMillis(500));
      charges.get(cancelled).refund();
      Duration sixth = delay(api.reserve(JOB, 1, MINUTE));
      // The first has proceeded and is refunded. The last returns its token. Others lapse.
      assertThat(sixth)
          .isEqualTo(Duration.ofMillis(cancelled == 0 || cancelled == 4 ? 3_500 : 4_500));
    }
  }

  @Test
  void b11_aRaisedRateShortensTheWaitAtOnce() {
    Throttle slow = throttle("10/min");
    slow.charge(JOB, 10).settle(20);
    assertThat(slow.hit(JOB).retryAfter()).hasValue(Duration.ofSeconds(66));
    Throttle fast = throttle("60/min (capacity 10)");
    assertThat(fast.hit(JOB).retryAfter()).hasValue(Duration.ofSeconds(11));
    clock.advance(Duration.ofSeconds(11));
    assertThat(fast.hit(JOB).allowed()).isTrue();
  }
}

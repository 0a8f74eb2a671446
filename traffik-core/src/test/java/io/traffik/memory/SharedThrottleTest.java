package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Decision;
import io.traffik.Rate;
import io.traffik.Throttle;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One throttle shared by many threads. */
class SharedThrottleTest {

  private static final int THREADS = 8;
  private static final int HITS = 5_000;

  /** Each thread is a different client with a different cost, and sees only its own hits. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void t1_everyThreadSeesOnlyItsOwnHits(int rates) throws Exception {
    Rate rate = Rate.of(THREADS * HITS, Policies.YEAR);
    AtomicLong denials = new AtomicLong();
    var builder =
        Throttle.builder("api")
            .rate(rate)
            .cost(view -> view.path().length())
            .backend(InMemoryBackend.create("test"))
            .onThrottled((view, denial, throttle) -> denials.incrementAndGet());
    Throttle throttle = rates == 1 ? builder.build() : builder.rate(rate).build();
    ConcurrentRunner.run(
        THREADS,
        thread -> {
          int cost = 1 + thread;
          ClientRequest client = new ClientRequest("192.0.2." + thread, "/".repeat(cost));
          for (int i = 1; i <= HITS; i++) {
            Decision decision = throttle.enforce(client);
            assertThat(decision.allowed()).isTrue();
            assertThat(decision.charged()).isEqualTo(cost);
            assertThat(decision.remaining()).isEqualTo(rate.capacity() - (long) cost * i);
          }
        });
    assertThat(denials).hasValue(0);
  }
}

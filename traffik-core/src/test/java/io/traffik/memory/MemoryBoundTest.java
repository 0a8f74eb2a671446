package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.traffik.ConfigurationException;
import io.traffik.Throttle;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the backend does at its bound, with what has refilled, and when it is closed. */
final class MemoryBoundTest {

  private static final Client EXHAUSTED = new Client("192.0.2.1");

  private final ManualClock clock = new ManualClock();

  private InMemoryBackend backend(long maxKeys) {
    return InMemoryBackend.builder("bound").maxKeys(maxKeys).clock(clock).build();
  }

  private static Client client(long number) {
    return new Client(
        "10." + ((number >> 16) & 255) + "." + ((number >> 8) & 255) + "." + (number & 255));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 7, 100, 5_000})
  void m1_theBoundIsNeverExceeded(long maxKeys) throws Exception {
    InMemoryBackend backend = backend(maxKeys);
    Throttle api = Throttle.of("api").rate("3/h").rate("9/day").backend(backend).build();
    AtomicLong largest = new AtomicLong();
    AtomicBoolean flooding = new AtomicBoolean(true);
    Thread watch =
        new Thread(
            () -> {
              while (flooding.get()) {
                largest.accumulateAndGet(backend.size(), Math::max);
              }
            });
    watch.start();
    Crowd.sum(
        4,
        thread -> {
          for (int i = 0; i < 5_000; i++) {
            api.hit(client(thread * 5_000L + i));
          }
          return 0;
        });
    flooding.set(false);
    watch.join();
    assertThat(largest).hasValueLessThanOrEqualTo(maxKeys);
    assertThat(backend.size()).isLessThanOrEqualTo(maxKeys).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"3/h, 1", "10/h, 4", "100/day, 49"})
  void m3_aFloodOfLightClientsNeverFreesAnExhaustedOne(String rate, long each) {
    InMemoryBackend backend = backend(1_000);
    Throttle api = Throttle.of("api").rate(rate).backend(backend).build();
    while (api.hit(EXHAUSTED).allowed()) {
      assertThat(backend.size()).isEqualTo(1);
    }
    for (int i = 0; i < 20_000; i++) {
      api.hit(client(i), each);
      if (i % 100 == 0) {
        assertThat(api.peek(EXHAUSTED).denied()).isTrue();
      }
    }
    assertThat(api.hit(EXHAUSTED).denied()).isTrue();
    assertThat(backend.evictions()).isGreaterThanOrEqualTo(19_000);
  }

  @Test
  void m3_whatHasRefilledIsNoEviction() {
    InMemoryBackend backend = backend(100);
    Throttle api = Throttle.of("api").rate("3/s").backend(backend).build();
    for (int i = 0; i < 10_000; i++) {
      api.hit(client(i));
      clock.advance(Duration.ofMillis(10));
    }
    assertThat(backend.evictions()).isZero();
  }

  @Test
  void m2_b10_refilledBucketsAreForgottenByLaterHitsOnOneKey() {
    InMemoryBackend backend = backend(100_000);
    Throttle api = Throttle.of("api").rate("3/s").backend(backend).build();
    for (int i = 0; i < 50_000; i++) {
      api.hit(client(i));
    }
    assertThat(backend.size()).isEqualTo(50_000);
    clock.advance(Duration.ofSeconds(1));
    for (int i = 0; i < 100_000; i++) {
      api.hit(EXHAUSTED);
    }
    assertThat(backend.size()).isEqualTo(1);
  }

  @Test
  void m2_cleanUpForgetsAllThatHasRefilledAndNothingElse() {
    InMemoryBackend backend = backend(1_000);
    Throttle fast = Throttle.of("fast").rate("3/s").backend(backend).build();
    Throttle slow = Throttle.of("slow").rate("3/h").backend(backend).build();
    for (int i = 0; i < 100; i++) {
      fast.hit(client(i));
      slow.hit(client(i));
    }
    clock.advance(Duration.ofSeconds(1));
    backend.cleanUp();
    assertThat(backend.size()).isEqualTo(100);
    assertThat(slow.peek(client(7)).remaining()).isEqualTo(2);
  }

  @Test
  void k4_l2_resetTouchesItsOwnBucketsAlone() {
    InMemoryBackend app = backend(100);
    InMemoryBackend other = InMemoryBackend.create("boundX");
    for (InMemoryBackend each : new InMemoryBackend[] {app, other}) {
      Throttle.of("api").rate("1/h").backend(each).build().hit(EXHAUSTED);
    }
    app.reset();
    assertThat(app.size()).isZero();
    assertThat(other.size()).isEqualTo(1);
  }

  @Test
  void l1_l3_openIsRepeatableAndUseAfterCloseIsRefused() {
    InMemoryBackend backend = backend(100);
    Throttle api = Throttle.of("api").rate("1/h").backend(backend).build();
    backend.open();
    backend.open();
    backend.close();
    backend.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> api.hit(EXHAUSTED))
        .withMessage("backend must not be used after close: \"bound\"");
    assertThatIllegalStateException().isThrownBy(backend::reset);
    assertThatIllegalStateException().isThrownBy(backend::open);
  }

  @Test
  void t4_badChoicesSayRuleAndValue() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> InMemoryBackend.create(" "))
        .withMessage("namespace must not be empty: \" \"");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> backend(0))
        .withMessage("maxKeys must be from 1 to 1000000000: 0");
  }
}

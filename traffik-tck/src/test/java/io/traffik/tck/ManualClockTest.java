package io.traffik.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** Tests of throttles advance the clock instead of sleeping. */
final class ManualClockTest {

  private final ManualClock clock = new ManualClock();

  @Test
  void b8_theTimeChangesOnlyByAdvance() {
    assertThat(clock.getAsLong()).isZero();
    clock.advance(Duration.ofNanos(1));
    assertThat(clock.getAsLong()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(-1));
    assertThat(clock.getAsLong()).isEqualTo(-999_999_999);
  }

  @Test
  void b8_theTimeIsAvailableAsAnInstant() {
    assertThat(clock.instant()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    clock.advance(Duration.ofDays(1).plusNanos(1));
    assertThat(clock.instant()).isEqualTo(Instant.parse("2026-01-02T00:00:00.000000001Z"));
    assertThat(clock.withZone(ZoneOffset.UTC).millis()).isEqualTo(clock.millis());
  }

  @Test
  void b1_aBackendOnTheClockRefillsAsItAdvances() {
    InMemoryBackend backend = clock.backend();
    Throttle throttle = Throttle.builder("api").rate("2/min").backend(backend).build();
    FakeConnection client = FakeConnection.get("/");
    assertThat(throttle.hit(client, 2).allowed()).isTrue();
    assertThat(throttle.hit(client).retryAfter()).contains(Duration.ofSeconds(30));
    clock.advance(Duration.ofSeconds(30));
    assertThat(throttle.hit(client).allowed()).isTrue();
    assertThat(throttle.hit(client).denied()).isTrue();
  }

  @Test
  void k4_backendsOfOneClockAreSeparate() {
    Throttle one = Throttle.builder("api").rate("1/min").backend(clock.backend()).build();
    Throttle other = Throttle.builder("api").rate("1/min").backend(clock.backend()).build();
    FakeConnection client = FakeConnection.get("/");
    assertThat(one.hit(client).allowed()).isTrue();
    assertThat(other.hit(client).allowed()).isTrue();
  }
}

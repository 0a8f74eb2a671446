package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import io.traffik.tck.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two versions of a rate on one bucket, as in a rolling deployment. */
final class AlternatingRatesTest {

  private static final int HITS = 2_000;

  private final ManualClock clock = new ManualClock();

  private static Stream<Arguments> versions() {
    Rate perMinute = Rate.perMinute(100);
    return Stream.of(
            List.of(perMinute, perMinute.withCapacity(20)),
            List.of(perMinute, Rate.perSecond(5)),
            List.of(Rate.perHour(100), perMinute),
            List.of(Rate.perSecond(10), perMinute))
        .flatMap(
            rates ->
                Stream.of(Duration.ZERO, Duration.ofMillis(10), Duration.ofMillis(700))
                    .map(pause -> Arguments.of(rates.get(0), rates.get(1), pause)));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void b3_b11_alternatingVersionsGrantNoMoreThanTheirMaxima(Rate one, Rate other, Duration pause) {
    String namespace = "alternating-" + Long.toHexString(System.nanoTime());
    try (Backend backend =
        RedisBackend.jedis(namespace)
            .uri(RedisContract.standaloneUri())
            .deadline(Duration.ofSeconds(10))
            .clock(() -> ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()))
            .build()) {
      List<QuotaPolicy> versions =
          List.of(QuotaPolicy.of("api", List.of(one)), QuotaPolicy.of("api", List.of(other)));
      long granted = 0;
      for (int i = 0; i < HITS; i++) {
        QuotaPolicy version = versions.get(i % 2);
        long margin = backend.decide(new BackendCall(Operation.HIT, version, "client", "", 1))[0];
        granted += margin >= 0 ? 1 : 0;
        long elapsed = i * pause.toNanos();
        assertThat(granted)
            .as("granted of %s hits", i + 1)
            .isLessThanOrEqualTo(
                Math.max(one.capacity(), other.capacity())
                    + elapsed / Math.min(one.nanosPerToken(), other.nanosPerToken()));
        clock.advance(pause);
      }
      assertThat(granted).isGreaterThanOrEqualTo(Math.min(one.capacity(), other.capacity()));
      backend.reset();
    }
  }
}

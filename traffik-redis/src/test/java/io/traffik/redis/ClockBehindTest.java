package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Waits by a clock that is behind the last write, as after a failover. */
final class ClockBehindTest {

  private static final long SECOND_MICROS = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final long START = 1_767_225_600_000_000L;

  private static final QuotaPolicy ONE_PER_SECOND =
      QuotaPolicy.of("api", List.of(Rate.perSecond(1)));
  private static final QuotaPolicy FIVE =
      QuotaPolicy.of("api", List.of(Rate.perSecond(1).withCapacity(5)));
  private static final QuotaPolicy FIVE_PER_MINUTE =
      QuotaPolicy.of("api", List.of(Rate.perMinute(5)));

  private long micros = START;

  private final Backend backend =
      RedisBackend.jedis("behind-" + Long.toHexString(System.nanoTime()))
          .deadline(Duration.ofSeconds(10))
          .uri(RedisContract.standaloneUri())
          .clock(() -> micros)
          .build();

  @AfterEach
  void clear() {
    backend.reset();
    backend.close();
  }

  private long hit(QuotaPolicy policy, long patience) {
    return backend.decide(new BackendCall(Operation.HIT, policy, "client", "", 1, patience))[0];
  }

  private long level(QuotaPolicy policy) {
    return backend.decide(new BackendCall(Operation.REFUND, policy, "client", "", 0))[0];
  }

  @Test
  void b8_b13_aWaitCountsFromThisClock() {
    hit(ONE_PER_SECOND, 0);
    micros -= SECOND_MICROS / 2;
    assertThat(hit(ONE_PER_SECOND, SECOND)).as("denied").isEqualTo(-3 * SECOND / 2);
    assertThat(hit(ONE_PER_SECOND, 3 * SECOND / 2)).as("granted").isEqualTo(-3 * SECOND / 2);
    assertThat(level(ONE_PER_SECOND)).as("two tokens taken").isEqualTo(-SECOND);
  }

  @Test
  void b8_b13_theLastReservationCanBeCancelled() {
    hit(ONE_PER_SECOND, 0);
    micros -= SECOND_MICROS / 2;
    long wait = -hit(ONE_PER_SECOND, 2 * SECOND);
    backend.decide(new BackendCall(Operation.REFUND, ONE_PER_SECOND, "client", "", 1, wait));
    assertThat(level(ONE_PER_SECOND)).isZero();
  }

  /** By the time of the last write, the first reservation would count as the last one. */
  @Test
  void b8_b13_anEarlierReservationThatIsCancelledLapses() {
    hit(ONE_PER_SECOND, 0);
    micros -= 6 * SECOND_MICROS / 10;
    long wait = -hit(ONE_PER_SECOND, 5 * SECOND);
    assertThat(-hit(ONE_PER_SECOND, 5 * SECOND)).isEqualTo(wait + SECOND);
    backend.decide(new BackendCall(Operation.REFUND, ONE_PER_SECOND, "client", "", 1, wait));
    assertThat(level(ONE_PER_SECOND)).isEqualTo(-2 * SECOND);
  }

  @Test
  void b8_aHitThatNeedNotWaitIsGranted() {
    hit(FIVE, 0);
    micros -= 2 * SECOND_MICROS;
    assertThat(hit(FIVE, 0)).isEqualTo(3 * SECOND);
  }

  /** Later, it would take longer until the clock catches up than filling the bucket takes. */
  @Test
  void b8_refillingStopsForNoLongerThanTheTimeToFill() {
    backend.decide(new BackendCall(Operation.SETTLE, ONE_PER_SECOND, "client", "", 4, 10));
    micros -= 3_600 * SECOND_MICROS;
    assertThat(hit(ONE_PER_SECOND, 0)).isEqualTo(-4 * SECOND);
    micros += 4 * SECOND_MICROS;
    assertThat(hit(ONE_PER_SECOND, 0)).isZero();
  }

  @Test
  void b8_b11_anotherSpeedConvertsTheDebtAtTheLastWrite() {
    hit(FIVE, 0);
    micros -= SECOND_MICROS;
    assertThat(hit(FIVE_PER_MINUTE, 0)).isEqualTo(36 * SECOND);
    assertThat(level(FIVE)).isEqualTo(3 * SECOND);
  }

  @Test
  void b8_b15_aBatchHasTheAnswersOfSingleCalls() {
    hit(ONE_PER_SECOND, 0);
    micros -= SECOND_MICROS / 2;
    BackendCall hit =
        new BackendCall(Operation.HIT, ONE_PER_SECOND, "client", "", 1, 3 * SECOND / 2);
    List<long[]> answers =
        backend.decideAll(List.of(hit, hit, hit.with(Operation.REFUND, 1, 3 * SECOND / 2), hit));
    assertThat(answers)
        .extracting(margins -> margins[0])
        .containsExactly(-3 * SECOND / 2, -5 * SECOND / 2, 0L, -3 * SECOND / 2);
  }
}

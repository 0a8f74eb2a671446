package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.memory.Policies;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A host that is held up in the middle of a decision must not decide by what has passed meanwhile.
 * Chance hardly ever shows this; a store that does things in between always does.
 */
class StaleDecisionTest {

  private static final QuotaPolicy ONE_PER_TEN =
      Policies.of("api", Rate.of(1, Duration.ofNanos(10)));

  private final ManualTime time = new ManualTime();
  private final MapStore store = new MapStore(time);
  private final Backend other = new MapStoreBackend("app", store, time);
  private final HeldUp heldUp = new HeldUp();

  /** Lets something happen once before it reads, or before it sets. */
  private final class HeldUp extends MapStoreBackend {

    Runnable beforeRead = StaleDecisionTest::nothing;
    Runnable beforeSet = StaleDecisionTest::nothing;

    HeldUp() {
      super("app", StaleDecisionTest.this.store, time, Runnable::run, time::nanos);
    }

    @Override
    protected byte[] read(String key) {
      Runnable happens = beforeRead;
      beforeRead = StaleDecisionTest::nothing;
      happens.run();
      return super.read(key);
    }

    @Override
    protected boolean compareAndSet(String key, byte[] expected, byte[] update, Duration expiry) {
      Runnable happens = beforeSet;
      beforeSet = StaleDecisionTest::nothing;
      happens.run();
      return super.compareAndSet(key, expected, update, expiry);
    }
  }

  @BeforeEach
  void setClock() {
    time.set(1_767_225_600_000_000_000L);
  }

  /** With the clock read first, the value would seem to come from before a step back. */
  @Test
  void b3_theClockIsReadAfterTheStore() {
    assertThat(hit(heldUp)).isTrue();
    heldUp.beforeRead =
        () -> {
          time.advance(15);
          // By the other way in, since the first question of this one is under way.
          assertThat(
                  heldUp
                      .decideAsync(Operation.HIT, ONE_PER_TEN, "client", "", 1)
                      .toCompletableFuture()
                      .join())
              .containsExactly(0);
        };
    assertThat(hit(heldUp)).isFalse();
    time.advance(9);
    assertThat(hit(heldUp)).isFalse();
    time.advance(1);
    assertThat(hit(heldUp)).isTrue();
  }

  /** The other's value is full again by then, but still there. */
  @Test
  void b3_anAbsenceIsNotTakenForAnEarlierOne() {
    heldUp.beforeSet =
        () -> {
          assertThat(hit(other)).isTrue();
          time.advance(Duration.ofMillis(999));
        };
    time.advance(-10);
    assertThat(hit(heldUp)).isTrue();
    assertThat(store.reads).as("reads, one after the other's value was met").hasValue(3);
    assertThat(hit(other)).isFalse();
  }

  @Test
  void b3_anAbsenceThatMayHaveEndedMeanwhileIsNotDecidedOn() {
    heldUp.beforeSet =
        () -> {
          assertThat(hit(other)).isTrue();
          time.advance(Duration.ofMillis(1_002));
        };
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> hit(heldUp))
        .withMessage(
            "backend \"app\" must set a new value within 1000 ms, for others may have come and gone"
                + " meanwhile: 1002 ms");
  }

  @Test
  void b3_aValueThatWasThereMayTakeItsTime() {
    QuotaPolicy perYear = Policies.perYear(2);
    assertThat(heldUp.decideSingle(Operation.HIT, perYear, "client", "", 1)).isNotNegative();
    heldUp.beforeSet = () -> time.advance(Duration.ofSeconds(5));
    assertThat(heldUp.decideSingle(Operation.HIT, perYear, "client", "", 1)).isNotNegative();
  }

  private static void nothing() {}

  private static boolean hit(Backend backend) {
    return backend.decideSingle(Operation.HIT, ONE_PER_TEN, "client", "", 1) >= 0;
  }
}

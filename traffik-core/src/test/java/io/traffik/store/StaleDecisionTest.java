package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.memory.Policies;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A host that is delayed during a decision must not decide on outdated data. The store of these
 * tests runs code in between, since random timing hardly ever shows such an error.
 */
class StaleDecisionTest {

  private static final QuotaPolicy ONE_PER_TEN =
      Policies.of("api", Rate.of(1, Duration.ofNanos(10)));

  private final SettableWallClock time = new SettableWallClock();
  private final TestStore store = new TestStore(time);
  private final Backend other = new TestStoreBackend("app", store, time);
  private final DelayedBackend delayed = new DelayedBackend();

  /** Runs an action once before a read, or before a write. */
  private final class DelayedBackend extends TestStoreBackend {

    Runnable beforeRead = StaleDecisionTest::nothing;
    Runnable beforeSet = StaleDecisionTest::nothing;

    DelayedBackend() {
      super("app", StaleDecisionTest.this.store, time, Runnable::run, time::nanos);
    }

    @Override
    protected byte[] read(String key) throws Exception {
      Runnable action = beforeRead;
      beforeRead = StaleDecisionTest::nothing;
      action.run();
      return super.read(key);
    }

    @Override
    protected boolean compareAndSet(String key, byte[] expected, byte[] update, Duration expiry) {
      Runnable action = beforeSet;
      beforeSet = StaleDecisionTest::nothing;
      action.run();
      return super.compareAndSet(key, expected, update, expiry);
    }
  }

  @BeforeEach
  void setClock() {
    time.set(1_767_225_600_000_000_000L);
  }

  /** If the clock were read first, it would seem to have been set back since the write. */
  @Test
  void b3_theClockIsReadAfterTheStore() {
    assertThat(hit(delayed)).isTrue();
    delayed.beforeRead =
        () -> {
          time.advance(15);
          // Asynchronously, since a blocking hit would wait for the batch in flight.
          assertThat(
                  delayed
                      .decideAsync(new BackendCall(Operation.HIT, ONE_PER_TEN, "client", "", 1))
                      .toCompletableFuture()
                      .join())
              .containsExactly(0);
        };
    assertThat(hit(delayed)).isFalse();
    time.advance(9);
    assertThat(hit(delayed)).isFalse();
    time.advance(1);
    assertThat(hit(delayed)).isTrue();
  }

  /** By then, the other host's bucket is full, but its value has not expired. */
  @Test
  void b3_aValueSetSinceTheReadIsDetected() {
    delayed.beforeSet =
        () -> {
          assertThat(hit(other)).isTrue();
          time.advance(Duration.ofMillis(999));
        };
    time.advance(-10);
    assertThat(hit(delayed)).isTrue();
    assertThat(store.reads).as("reads, including one after the lost race").hasValue(3);
    assertThat(hit(other)).isFalse();
  }

  @Test
  void b3_aSlowDecisionOnAMissingValueFails() {
    delayed.beforeSet =
        () -> {
          assertThat(hit(other)).isTrue();
          time.advance(Duration.ofMillis(1_002));
        };
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> hit(delayed))
        .withMessage(
            "Backend \"app\" took 1002 ms to set a new value (limit: 1000 ms); values of other"
                + " processes may have expired meanwhile. Use a faster store.");
  }

  @Test
  void b3_aSlowDecisionOnAnExistingValueSucceeds() {
    QuotaPolicy perYear = Policies.perYear(2);
    assertThat(delayed.decideSingle(Operation.HIT, perYear, "client", "", 1, 0)).isNotNegative();
    delayed.beforeSet = () -> time.advance(Duration.ofSeconds(5));
    assertThat(delayed.decideSingle(Operation.HIT, perYear, "client", "", 1, 0)).isNotNegative();
  }

  private static void nothing() {}

  private static boolean hit(Backend backend) {
    return backend.decideSingle(Operation.HIT, ONE_PER_TEN, "client", "", 1, 0) >= 0;
  }
}

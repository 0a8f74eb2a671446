package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.tck.ManualClock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The rules of a backend, as tests. An author of a backend extends this class:
 *
 * <pre>{@code
 * final class MyBackendTest extends BackendContract {
 *   private final ManualClock clock = new ManualClock();
 *
 *   @Override
 *   protected Backend backend(String namespace) {
 *     return new MyBackend(namespace, clock);
 *   }
 *
 *   @Override
 *   protected ManualClock clock() {
 *     return clock;
 *   }
 * }
 * }</pre>
 *
 * <p>Each test is named after the rules that it checks ({@code docs/SPEC.md} of the project) and
 * its failures report the calls, the results and the expected results. No test is skipped, and none
 * needs more than JUnit Jupiter. Each test creates one or several backends, and resets and closes
 * them afterwards. It changes buckets in its own namespaces only. A backend must be able to hold
 * 10,000 buckets.
 *
 * <p><strong>Time.</strong> If a backend accepts a clock, give it a {@link ManualClock}. The kit
 * then compares margins to the nanosecond. It also sets the clock back, by up to 20 years and
 * between random histories. A backend with a clock of its own, for example a server's, is tested in
 * real time by the same rules. Each margin must be correct for some instant between the start and
 * the end of the call. It may differ by a millisecond and 0.1 %, because two clocks differ. These
 * tests take some seconds. They leave out steps back, stale readings, and waits of hours and years.
 *
 * <p><strong>Random histories</strong> differ in each run. A failure reports the seed. Set the
 * system property {@code traffik.tck.seed}, or JUnit's configuration parameter of that name, to
 * repeat them.
 *
 * <p><strong>Debt.</strong> A backend that returns false from {@link Backend#supportsDebt()}
 * receives plain hits, peeks and refunds only. The kit then checks that throttles refuse waiting
 * hits and settlements with an exception that names the backend. All other rules stay the same.
 *
 * <p><strong>Not tested</strong> are the store's memory (B10), invalid configurations (L1), and the
 * backend's speed. The expected results come from {@link io.traffik.bucket.TokenBucket} itself, so
 * the kit does not test that class.
 */
@ExtendWith(BackendFixtureExtension.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public abstract class BackendContract
    implements BucketRules,
        RefillRules,
        ClockRules,
        SeveralRatesRules,
        RateChangeRules,
        ReservationRules,
        SettlementRules,
        BatchRules,
        AllOrNothingRules,
        KeyRules,
        ConcurrencyRules,
        AsyncRules,
        LifecycleRules,
        RandomHistoryRules {

  /** Called by subclasses. */
  protected BackendContract() {}

  /**
   * Creates a backend. A test may call this method several times, with different namespaces or with
   * the same.
   *
   * @param namespace the namespace: printable ASCII characters, including characters that are
   *     special to some stores ({@code *:?[]{}%_\})
   * @return a new backend
   */
  protected abstract Backend backend(String namespace);

  /**
   * The clock of all backends of this test.
   *
   * @return the clock, always the same within a test; null (the default) if the backends have a
   *     clock that the kit cannot advance
   */
  protected @Nullable ManualClock clock() {
    return null;
  }

  /**
   * The resolution of the backend's clock. Margins may differ from the exact ones by twice this
   * duration, and by the rounding that rule B7 allows. The kit advances the clock by multiples of
   * it. Token counts and the ends of denials must be exact at any resolution.
   *
   * @return the resolution, at most a millisecond; {@link Duration#ZERO} (the default) if exact
   */
  protected Duration clockResolution() {
    return Duration.ZERO;
  }

  /**
   * Whether backends with the same namespace share their buckets, as backends of one store do. The
   * kit checks this. If they do, its threads use several backends.
   *
   * @return true if backends share buckets; false by default
   */
  protected boolean sharesBuckets() {
    return false;
  }

  /**
   * Stalls the store, to test that asynchronous decisions do not block their callers.
   *
   * @return an action that ends the stall; null (the default) if the store cannot be stalled
   */
  protected @Nullable Runnable stall() {
    return null;
  }
}

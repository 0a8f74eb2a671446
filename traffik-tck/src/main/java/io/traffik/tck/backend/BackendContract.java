package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.tck.ManualClock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every backend is held to. Its author extends this class, and JUnit runs the rest:
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
 * fails with what was asked, what was answered and what must have been. None is skipped, and none
 * needs more than JUnit Jupiter. The kit makes a fresh backend, and often several, for each test,
 * and resets and closes them after it; buckets in its own namespaces are all that it touches. A
 * backend must be able to hold 10,000 buckets.
 *
 * <p><strong>Time.</strong> A backend whose clock can be given to it should go by a {@link
 * ManualClock}, and its answers are then compared to the nanosecond. The kit also sets that clock
 * back, by up to 20 years and between random histories. A backend whose clock cannot be given to it
 * (that of a server, say) is judged in real time by the same rules: each answer must be right for
 * some instant between those before and after the question, give or take a millisecond and 0.1 %
 * for two clocks that differ. The tests wait until what they ask about is due, some seconds in all.
 * What only a clock can do that is moved by hand is left out then: steps back, a reading of the
 * clock that is overtaken by another hit, and waits of hours and years.
 *
 * <p><strong>Random histories</strong> are drawn anew with each run. A failure names the seed; the
 * system property {@code traffik.tck.seed} (or JUnit's configuration parameter of that name) draws
 * the same again.
 *
 * <p><strong>Not judged</strong> are what a store does with its memory (B10), what a wrong
 * configuration leads to (L1), and how fast a backend is.
 */
@ExtendWith(BackendFixtureExtension.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public abstract class BackendContract
    implements BucketRules,
        RefillRules,
        ClockRules,
        SeveralRatesRules,
        RateChangeRules,
        KeyRules,
        ConcurrencyRules,
        AsyncRules,
        LifecycleRules,
        RandomHistoryRules {

  /** For subclasses. */
  protected BackendContract() {}

  /**
   * Makes a backend. Called several times in a test, with different names and, to see whether
   * buckets are shared, with the same.
   *
   * @param namespace its namespace: printable ASCII characters, among them such as mean something
   *     to stores ({@code *:?[]{}%_\})
   * @return a new backend
   */
  protected abstract Backend backend(String namespace);

  /**
   * The clock that all backends of this test go by.
   *
   * @return the clock, the same one throughout a test; null (the default) if they go by one that
   *     cannot be moved
   */
  protected @Nullable ManualClock clock() {
    return null;
  }

  /**
   * How finely the backend tells times apart. Answers of a backend that is not exact to the
   * nanosecond may differ by twice this from the exact ones, and by the share of a rate that rule
   * B7 grants; the kit then moves the clock by whole multiples of it. What is counted in tokens,
   * and that a denial ends when it says, is held to strictly all the same.
   *
   * @return {@link Duration#ZERO} (the default) if exact; at most a millisecond
   */
  protected Duration clockResolution() {
    return Duration.ZERO;
  }

  /**
   * Whether backends that were made with the same namespace share their buckets, as those over one
   * store do. The kit checks that, and spreads threads over several of them.
   *
   * @return false unless overridden
   */
  protected boolean sharesBuckets() {
    return false;
  }

  /**
   * Keeps the store from answering, to see that asynchronous decisions do not hold up their
   * callers.
   *
   * @return lets the store answer again; null (the default) if it cannot be kept from it
   */
  protected @Nullable Runnable stall() {
    return null;
  }
}

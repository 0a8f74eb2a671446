package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.tck.ContractRun;
import io.traffik.tck.ManualClock;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;

/** The contract, run on any backend by its static methods. Surefire does not select its name. */
final class AnyBackendContract extends BackendContract {

  private static final long SEED = 20_260_101;

  private record Settings(BiFunction<String, SharedStore, Backend> backends, boolean inRealTime) {}

  private static volatile @Nullable Settings next;

  private final Settings settings = Objects.requireNonNull(next);
  private final @Nullable ManualClock clock = settings.inRealTime() ? null : new ManualClock();
  private final SharedStore store = new SharedStore(clock == null ? System::nanoTime : clock);

  /** Runs all tests in simulated time. */
  static ContractRun run(BiFunction<String, SharedStore, Backend> backends) {
    return run(
        new Settings(backends, false),
        List.of(DiscoverySelectors.selectClass(AnyBackendContract.class)));
  }

  /** Runs these tests in real time. */
  static ContractRun runInRealTime(
      BiFunction<String, SharedStore, Backend> backends, Collection<String> tests) {
    return run(
        new Settings(backends, true),
        tests.stream()
            .map(
                test ->
                    (DiscoverySelector)
                        DiscoverySelectors.selectMethod(
                            AnyBackendContract.class, test, BackendFixture.class))
            .toList());
  }

  private static ContractRun run(Settings settings, List<DiscoverySelector> selectors) {
    next = settings;
    return ContractRun.of(selectors, SEED);
  }

  @Override
  protected Backend backend(String namespace) {
    return settings.backends().apply(namespace, store);
  }

  @Override
  protected @Nullable ManualClock clock() {
    return clock;
  }

  @Override
  protected boolean sharesBuckets() {
    return true;
  }

  @Override
  protected Runnable stall() {
    store.lock();
    return store::unlock;
  }
}

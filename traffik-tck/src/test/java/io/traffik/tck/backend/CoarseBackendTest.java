package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.tck.ManualClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A correct backend with a coarse clock passes. */
final class CoarseBackendTest extends BackendContract {

  private final ManualClock clock = new ManualClock();
  private final SharedStore store = new SharedStore(clock);
  private final Map<Object, CoarseBackend.State> states = new HashMap<>();

  @Override
  protected Backend backend(String namespace) {
    return new CoarseBackend(namespace, store, states);
  }

  @Override
  protected ManualClock clock() {
    return clock;
  }

  @Override
  protected Duration clockResolution() {
    return Duration.ofNanos(1_000);
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

package io.traffik.tck.backend;

import io.traffik.Backend;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A correct backend with a coarse clock passes in real time. */
final class CoarseBackendInRealTimeTest extends BackendContract {

  private final SharedStore store = new SharedStore(System::nanoTime);
  private final Map<Object, CoarseBackend.State> states = new HashMap<>();

  @Override
  protected Backend backend(String namespace) {
    return new CoarseBackend(namespace, store, states);
  }

  @Override
  protected Duration clockResolution() {
    return Duration.ofNanos(1_000);
  }

  @Override
  protected boolean sharesBuckets() {
    return true;
  }
}

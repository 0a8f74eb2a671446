package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.tck.ManualClock;
import io.traffik.tck.backend.BackendContract;

/** The backend over a map that can compare and set. */
final class MapStoreBackendContractTest extends BackendContract {

  private final ManualClock clock = new ManualClock();

  @Override
  protected Backend backend(String namespace) {
    return new MapStoreBackend(namespace, clock);
  }

  @Override
  protected ManualClock clock() {
    return clock;
  }
}

package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.tck.ManualClock;
import io.traffik.tck.backend.BackendContract;

/** The backend that is written directly. */
final class MapBackendContractTest extends BackendContract {

  private final ManualClock clock = new ManualClock();

  @Override
  protected Backend backend(String namespace) {
    return new MapBackend(namespace, clock);
  }

  @Override
  protected ManualClock clock() {
    return clock;
  }
}

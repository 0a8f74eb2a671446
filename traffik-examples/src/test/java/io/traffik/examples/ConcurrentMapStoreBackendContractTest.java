package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.tck.ManualClock;
import io.traffik.tck.backend.BackendContract;

/** The conformance kit on a backend over a map with compare-and-set. */
final class ConcurrentMapStoreBackendContractTest extends BackendContract {

  private final ManualClock clock = new ManualClock();

  @Override
  protected Backend backend(String namespace) {
    return new ConcurrentMapStoreBackend(namespace, clock);
  }

  @Override
  protected ManualClock clock() {
    return clock;
  }
}

package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.tck.ManualClock;

/** A correct backend with shared buckets and a store that can stall passes. */
final class ReferenceBackendTest extends BackendContract {

  private final ManualClock clock = new ManualClock();
  private final SharedStore store = new SharedStore(clock);

  @Override
  protected Backend backend(String namespace) {
    return new ReferenceBackend(namespace, store);
  }

  @Override
  protected ManualClock clock() {
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

package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.memory.InMemoryBackend;
import io.traffik.tck.ManualClock;
import io.traffik.tck.backend.BackendContract;

final class MyBackendTest extends BackendContract {

  private final ManualClock clock = new ManualClock();

  @Override
  protected Backend backend(String namespace) {
    return InMemoryBackend.builder(namespace).clock(clock).build();
  }

  @Override
  protected ManualClock clock() {
    return clock;
  }
}

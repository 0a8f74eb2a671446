package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.memory.InMemoryBackend;
import io.traffik.tck.ManualClock;

/** The library's in-memory backend with a manual clock. */
final class InMemoryBackendOnManualClockTest extends BackendContract {

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

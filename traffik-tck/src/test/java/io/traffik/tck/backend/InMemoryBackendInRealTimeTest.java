package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.memory.InMemoryBackend;

/** The library's in-memory backend with {@link System#nanoTime()}. */
final class InMemoryBackendInRealTimeTest extends BackendContract {

  @Override
  protected Backend backend(String namespace) {
    return InMemoryBackend.create(namespace);
  }
}

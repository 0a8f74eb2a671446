package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.memory.InMemoryBackend;
import io.traffik.resilience.DeadlineBackend;
import io.traffik.tck.ManualClock;
import java.time.Duration;

/** A backend behind a deadline keeps all rules. */
final class DeadlineBackendContractTest extends BackendContract {

  private final ManualClock clock = new ManualClock();

  @Override
  protected Backend backend(String namespace) {
    Backend memory = InMemoryBackend.builder(namespace).clock(clock).build();
    return DeadlineBackend.over(memory, Duration.ofMinutes(1));
  }

  @Override
  protected ManualClock clock() {
    return clock;
  }
}

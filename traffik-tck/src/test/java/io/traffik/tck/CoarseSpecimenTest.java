package io.traffik.tck;

import io.traffik.Backend;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A right backend passes that is only as exact as it says. */
final class CoarseSpecimenTest extends BackendContract {

  private final ManualClock clock = new ManualClock();
  private final Shelf shelf = new Shelf(clock);
  private final Map<Object, CoarseSpecimen.State> states = new HashMap<>();

  @Override
  protected Backend backend(String namespace) {
    return new CoarseSpecimen(namespace, shelf, states);
  }

  @Override
  protected ManualClock clock() {
    return clock;
  }

  @Override
  protected Duration grain() {
    return Duration.ofNanos(1_000);
  }

  @Override
  protected boolean sharesBuckets() {
    return true;
  }

  @Override
  protected Runnable stall() {
    shelf.lock();
    return shelf::unlock;
  }
}

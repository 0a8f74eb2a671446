package io.traffik.tck;

import io.traffik.Backend;

/** A right backend passes, with a store to share and to stall. */
final class SpecimenTest extends BackendContract {

  private final ManualClock clock = new ManualClock();
  private final Shelf shelf = new Shelf(clock);

  @Override
  protected Backend backend(String namespace) {
    return new Specimen(namespace, shelf);
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
    shelf.lock();
    return shelf::unlock;
  }
}

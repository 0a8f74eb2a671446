package io.traffik.tck;

import io.traffik.Backend;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The same where its clock is out of reach, as that of a server is. */
final class CoarseSpecimenInRealTimeTest extends BackendContract {

  private final Shelf shelf = new Shelf(System::nanoTime);
  private final Map<Object, CoarseSpecimen.State> states = new HashMap<>();

  @Override
  protected Backend backend(String namespace) {
    return new CoarseSpecimen(namespace, shelf, states);
  }

  @Override
  protected Duration grain() {
    return Duration.ofNanos(1_000);
  }

  @Override
  protected boolean sharesBuckets() {
    return true;
  }
}

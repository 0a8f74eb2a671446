package io.traffik.tck;

import io.traffik.Backend;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The kit, set on whatever is suspected. Run by {@link Trial}; its name keeps it from Surefire. */
final class Suspect extends BackendContract {

  /** What makes the backends, and by which time. */
  record Charge(BiFunction<String, Shelf, Backend> backends, boolean inRealTime) {}

  static volatile @Nullable Charge charge;

  private final Charge mine = charge;
  private final @Nullable ManualClock clock = mine.inRealTime() ? null : new ManualClock();
  private final Shelf shelf = new Shelf(clock == null ? System::nanoTime : clock);

  @Override
  protected Backend backend(String namespace) {
    return mine.backends().apply(namespace, shelf);
  }

  @Override
  protected @Nullable ManualClock clock() {
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

package io.traffik.tck.backend;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/** A store of backends under test: a map, its lock and its clock. */
final class SharedStore {

  final Map<Object, ReferenceBackend.Entry> entries = new HashMap<>();
  private final Semaphore turn = new Semaphore(1);
  private final LongSupplier clock;

  SharedStore(LongSupplier clock) {
    this.clock = clock;
  }

  /** A lock that any thread may unlock. */
  void lock() {
    turn.acquireUninterruptibly();
  }

  void unlock() {
    turn.release();
  }

  long now() {
    return clock.getAsLong();
  }
}

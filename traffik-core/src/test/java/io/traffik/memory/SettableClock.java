package io.traffik.memory;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A clock that a test sets, forward or backward. */
final class SettableClock implements LongSupplier {

  private final AtomicLong now = new AtomicLong();

  @Override
  public long getAsLong() {
    return now.get();
  }

  void set(long nanos) {
    now.set(nanos);
  }

  void advance(long nanos) {
    now.addAndGet(nanos);
  }

  void advance(Duration duration) {
    advance(duration.toNanos());
  }
}

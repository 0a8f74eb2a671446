package io.traffik.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A wall clock that tests set and move in either direction. */
final class SettableWallClock implements InstantSource {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final AtomicLong nanos = new AtomicLong();

  @Override
  public Instant instant() {
    long now = nanos.get();
    return Instant.ofEpochSecond(
        Math.floorDiv(now, NANOS_PER_SECOND), Math.floorMod(now, NANOS_PER_SECOND));
  }

  long nanos() {
    return nanos.get();
  }

  void set(long nanosSince1970) {
    nanos.set(nanosSince1970);
  }

  void advance(long by) {
    nanos.addAndGet(by);
  }

  void advance(Duration by) {
    advance(by.toNanos());
  }

  /** The clock of a host that is ahead of this one by some nanoseconds. */
  InstantSource ahead(long by) {
    return () -> instant().plusNanos(by);
  }
}

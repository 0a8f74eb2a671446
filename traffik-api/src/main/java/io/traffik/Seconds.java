package io.traffik;

import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Durations in whole seconds, rounded up: a client that waits as long never comes too early. */
final class Seconds {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private Seconds() {}

  static long roundedUp(long nanos) {
    return nanos == 0 ? 0 : (nanos - 1) / NANOS_PER_SECOND + 1;
  }

  /** Returns 1 for null, and for less than a second. */
  static long atLeastOne(@Nullable Duration duration) {
    if (duration == null || duration.compareTo(Duration.ofSeconds(1)) <= 0) {
      return 1;
    }
    return duration.getNano() == 0 ? duration.getSeconds() : duration.getSeconds() + 1;
  }

  /** Returns empty for 0 nanoseconds. */
  static OptionalLong optional(long nanos) {
    return nanos == 0 ? OptionalLong.empty() : OptionalLong.of(roundedUp(nanos));
  }
}

package io.traffik.redis.async;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The time for which a server has not answered although calls are in flight. It starts at the last
 * timely answer, or at the first call to an idle server. Thread-safe.
 */
final class ResponseTracker {

  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile long silentSince;

  /** Counts a call in. */
  void begin(long now) {
    // Before counting: otherwise a thread that is delayed here would make a busy server look
    // silent.
    if (inFlight.get() == 0) {
      silentSince = now;
    }
    inFlight.incrementAndGet();
  }

  /** Counts a call out, without an answer or with a late one. */
  void endUnanswered() {
    inFlight.decrementAndGet();
  }

  /** Counts a call out that was answered in time. */
  void endAnswered(long now) {
    silentSince = now;
    inFlight.decrementAndGet();
  }

  int inFlight() {
    return inFlight.get();
  }

  /** For how long no call was answered in time; 0 if no call is in flight. */
  long silentNanos(long now) {
    return inFlight.get() > 0 ? now - silentSince : 0;
  }
}

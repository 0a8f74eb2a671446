package io.traffik.redis;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Calls in the order in which they began, which is that of their deadlines, as all have the same
 * time. So joining and leaving take a few steps, however many there are, and one timer does for
 * all.
 */
final class DeadlineQueue {

  /** Few enough that a processor is soon done with them. */
  private static final int CALLS_PER_TASK = 64;

  /** Many deadlines may pass within a millisecond; the timer need not go off for each. */
  private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final long nanos;
  private final Executor tellers;
  private @Nullable Place first;
  private @Nullable Place last;
  private boolean watched;

  DeadlineQueue(long nanos) {
    this(nanos, Deadlines.TIMEOUT_EXECUTOR);
  }

  /**
   * A queue of calls that all have so much time.
   *
   * @param tellers who tell those that are late
   */
  DeadlineQueue(long nanos, Executor tellers) {
    this.nanos = nanos;
    this.tellers = tellers;
  }

  /** A place in the queue, for one call. */
  static final class Place {

    private final Runnable late;
    private long end;
    private boolean taken;
    private @Nullable Place before;
    private @Nullable Place behind;

    /**
     * A place that nobody has taken yet.
     *
     * @param late what to do when the deadline has passed, if the place is taken until then
     */
    Place(Runnable late) {
      this.late = late;
    }
  }

  /** Joins. The time of the call begins now. */
  void join(Place place) {
    lock.lock();
    try {
      place.end = System.nanoTime() + nanos;
      place.taken = true;
      place.before = last;
      if (last == null) {
        first = place;
      } else {
        last.behind = place;
      }
      last = place;
      if (!watched) {
        watchIn(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Leaves, for a call that has ended; it may have left before. */
  void leave(Place place) {
    lock.lock();
    try {
      if (!place.taken) {
        return;
      }
      place.taken = false;
      Place before = place.before;
      Place behind = place.behind;
      if (before == null) {
        first = behind;
      } else {
        before.behind = behind;
      }
      if (behind == null) {
        last = before;
      } else {
        behind.before = before;
      }
      place.before = null;
      place.behind = null;
    } finally {
      lock.unlock();
    }
  }

  private void watchIn(long pause) {
    var unused = Deadlines.after(Math.max(pause, SHORTEST_PAUSE_NANOS), this::endLateOnes);
    watched = true;
  }

  /** On the timer's thread, which has others to watch: so other threads tell them. */
  private void endLateOnes() {
    try {
      List<Place> late = takeLate();
      while (!late.isEmpty()) {
        Iterator<Place> some = late.iterator();
        Deadlines.tell(tellers, () -> tell(some));
        late = takeLate();
      }
    } finally {
      watchOn();
    }
  }

  /** One after another: from what one throws the rest has not to suffer. */
  private static void tell(Iterator<Place> late) {
    try {
      while (late.hasNext()) {
        late.next().late.run();
      }
    } finally {
      if (late.hasNext()) {
        tell(late);
      }
    }
  }

  /** Whatever came of the last ones: a queue that nobody watched would end no call any more. */
  private void watchOn() {
    lock.lock();
    try {
      Place next = first;
      watched = false;
      if (next != null) {
        watchIn(next.end - System.nanoTime());
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Place> takeLate() {
    List<Place> late = new ArrayList<>(CALLS_PER_TASK);
    long now = System.nanoTime();
    lock.lock();
    try {
      for (Place place = first;
          place != null && place.end - now <= 0 && late.size() < CALLS_PER_TASK;
          place = first) {
        leave(place);
        late.add(place);
      }
    } finally {
      lock.unlock();
    }
    return late;
  }
}

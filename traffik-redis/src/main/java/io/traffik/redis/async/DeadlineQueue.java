package io.traffik.redis.async;

import io.traffik.spi.DaemonTimer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A queue of calls with equal timeouts. The order of arrival is therefore the order of deadlines:
 * adding and removing take constant time, and one timer serves all calls. Thread-safe.
 */
public final class DeadlineQueue {

  /** Small enough that one task does not occupy a thread for long. */
  private static final int BATCH_SIZE = 64;

  /** Many deadlines may pass within a millisecond; one timer event covers them. */
  private static final long MIN_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final long timeoutNanos;
  private final Executor timeoutExecutor;
  private @Nullable Entry first;
  private @Nullable Entry last;
  private boolean timerSet;

  /**
   * @param timeoutNanos the timeout of every call, from the moment it is added
   */
  public DeadlineQueue(long timeoutNanos) {
    this(timeoutNanos, Deadlines.TIMEOUT_EXECUTOR);
  }

  /**
   * @param timeoutNanos the timeout of every call, from the moment it is added
   * @param timeoutExecutor runs the actions of calls that are late
   */
  DeadlineQueue(long timeoutNanos, Executor timeoutExecutor) {
    this.timeoutNanos = timeoutNanos;
    this.timeoutExecutor = timeoutExecutor;
  }

  /** One call in the queue. */
  public static final class Entry {
    private final Runnable onTimeout;
    private long deadline;
    private boolean queued;
    private @Nullable Entry previous;
    private @Nullable Entry next;

    /**
     * @param onTimeout runs at the deadline unless the entry has been removed
     */
    public Entry(Runnable onTimeout) {
      this.onTimeout = onTimeout;
    }
  }

  /** Adds a call. Its timeout starts now. */
  public void add(Entry entry) {
    lock.lock();
    try {
      entry.deadline = System.nanoTime() + timeoutNanos;
      entry.queued = true;
      entry.previous = last;
      if (last == null) {
        first = entry;
      } else {
        last.next = entry;
      }
      last = entry;
      if (!timerSet) {
        setTimer(timeoutNanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Removes a call that has ended. Does nothing if it is not in the queue. */
  public void remove(Entry entry) {
    lock.lock();
    try {
      if (!entry.queued) {
        return;
      }
      entry.queued = false;
      Entry previous = entry.previous;
      Entry next = entry.next;
      if (previous == null) {
        first = next;
      } else {
        previous.next = next;
      }
      if (next == null) {
        last = previous;
      } else {
        next.previous = previous;
      }
      entry.previous = null;
      entry.next = null;
    } finally {
      lock.unlock();
    }
  }

  private void setTimer(long delayNanos) {
    var unused = DaemonTimer.schedule(Math.max(delayNanos, MIN_DELAY_NANOS), this::expire);
    timerSet = true;
  }

  /** Runs on the timer's thread and therefore leaves the actions to the timeout executor. */
  private void expire() {
    try {
      List<Entry> expired = removeExpired();
      while (!expired.isEmpty()) {
        Iterator<Entry> batch = expired.iterator();
        DaemonTimer.executeOrRun(timeoutExecutor, () -> runAll(batch));
        expired = removeExpired();
      }
    } finally {
      resetTimer();
    }
  }

  /** Runs every action, even if one of them throws. */
  private static void runAll(Iterator<Entry> batch) {
    try {
      while (batch.hasNext()) {
        batch.next().onTimeout.run();
      }
    } finally {
      if (batch.hasNext()) {
        runAll(batch);
      }
    }
  }

  /** Must run after any failure: without a timer, no later call would end. */
  private void resetTimer() {
    lock.lock();
    try {
      Entry next = first;
      timerSet = false;
      if (next != null) {
        setTimer(next.deadline - System.nanoTime());
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Entry> removeExpired() {
    List<Entry> expired = new ArrayList<>(BATCH_SIZE);
    long now = System.nanoTime();
    lock.lock();
    try {
      for (Entry entry = first;
          entry != null && entry.deadline - now <= 0 && expired.size() < BATCH_SIZE;
          entry = first) {
        remove(entry);
        expired.add(entry);
      }
    } finally {
      lock.unlock();
    }
    return expired;
  }
}

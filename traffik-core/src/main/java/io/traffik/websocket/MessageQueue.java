package io.traffik.websocket;

import io.traffik.ThrottleGroup;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one connection in order. At most one batch is being decided, and at most one
 * thread has the turn to deliver entries. Thread-safe.
 */
final class MessageQueue {

  /** The largest number of messages in one call of a store. */
  private static final int MAX_BATCH = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<QueueEntry> entries = new ArrayDeque<>(2);

  /** The last entries, whose decision has not started. */
  private final Deque<QueueEntry> undecided = new ArrayDeque<>(2);

  private boolean deciding;

  /** A denied entry. Its answer may close the connection, so nothing is decided before it. */
  private @Nullable QueueEntry denied;

  private boolean delivering;

  void add(QueueEntry entry) {
    lock.lock();
    try {
      entries.addLast(entry);
      if (!entry.isDecided()) {
        undecided.addLast(entry);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Counts a message beyond the limits, in its place in the order. */
  void addOverflow() {
    lock.lock();
    try {
      QueueEntry last = entries.peekLast();
      if (last != null && last.kind() == QueueEntry.Kind.OVERFLOW) {
        last.incrementCount();
      } else {
        entries.addLast(QueueEntry.overflow());
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Claims the next entries that the same throttles decide. {@link #endBatch} must follow, unless
   * the batch is empty.
   *
   * @return empty if nothing is undecided or a batch is being decided
   */
  List<QueueEntry> claimBatch() {
    lock.lock();
    try {
      QueueEntry next = undecided.peekFirst();
      if (deciding || denied != null || next == null) {
        return List.of();
      }
      List<QueueEntry> batch = new ArrayList<>(Math.min(undecided.size(), MAX_BATCH));
      ThrottleGroup throttles = next.hit().throttles();
      while (next != null && batch.size() < MAX_BATCH && next.hit().throttles() == throttles) {
        batch.add(undecided.removeFirst());
        next = undecided.peekFirst();
      }
      deciding = true;
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the decision of a batch. */
  void endBatch(List<QueueEntry> batch) {
    lock.lock();
    try {
      deciding = false;
      for (QueueEntry entry : batch) {
        // Another thread may have delivered it since its decision.
        denied = entry.isDenied() && !entry.isDelivered() ? entry : denied;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Records that an entry has been delivered; returns whether decisions waited for it. */
  boolean endDelivery(QueueEntry entry) {
    lock.lock();
    try {
      entry.markDelivered();
      boolean awaited = denied == entry;
      denied = awaited ? null : denied;
      return awaited;
    } finally {
      lock.unlock();
    }
  }

  /** Marks all entries as decided whose decision has not started. */
  void skipUndecided() {
    lock.lock();
    try {
      undecided.forEach(entry -> entry.decide(null, null));
      undecided.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Claims the turn to deliver entries, if there is one to deliver and no thread has the turn. */
  boolean claimTurn() {
    lock.lock();
    try {
      if (delivering || !isReady(entries.peekFirst())) {
        return false;
      }
      delivering = true;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Removes the next entry, for the thread that has the turn; null if there is none. */
  @Nullable QueueEntry poll() {
    lock.lock();
    try {
      return isReady(entries.peekFirst()) ? entries.removeFirst() : null;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the turn of a thread, unless there is another entry to deliver. */
  boolean renewTurn() {
    lock.lock();
    try {
      delivering = isReady(entries.peekFirst());
      return delivering;
    } finally {
      lock.unlock();
    }
  }

  private static boolean isReady(@Nullable QueueEntry first) {
    return first != null && first.isDecided();
  }
}

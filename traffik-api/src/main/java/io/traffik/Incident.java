package io.traffik;

import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A time in which one backend fails or is overloaded. Its first event is logged, further events are
 * counted, and its end is logged with the counts. It ends with the first success one second after
 * the last event, because calls that were sent before the first event may still succeed.
 *
 * <p>Whatever the backend does, two beginnings or counts are at least ten seconds apart. Events of
 * a beginning that was not logged are contained in the next entry, which then is a warning, too.
 * Safe for any number of threads.
 */
final class Incident {

  /** The kind of an incident. */
  enum Kind {
    FAILURE("failed", "is still failing", "works again", "failures"),
    OVERLOAD("is overloaded", "is still overloaded", "is no longer overloaded", "refused calls");

    private final String begin;
    private final String more;
    private final String end;
    private final String events;

    Kind(String begin, String more, String end, String events) {
      this.begin = begin;
      this.more = more;
      this.end = end;
      this.events = events;
    }
  }

  /** What a throttle did about an event. */
  enum Reaction {
    ALLOWED,
    DENIED,
    THROWN,
    /** A refund or settlement was lost. */
    LOST,
    /** The application started without its store. */
    STARTED
  }

  /** An entry for the log. */
  record LogEntry(Level level, String text, @Nullable Throwable thrown) {}

  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Kind kind;
  private final String backend;
  private final ReentrantLock lock = new ReentrantLock();

  // All further fields are guarded by the lock; dueAt and happened are also read without it.
  private final Map<Reaction, Long> counts = new EnumMap<>(Reaction.class);
  private long firstAt;

  /** The first success after the last event; meaningful while {@code ended}. */
  private long endedAt;

  private boolean ended;
  private long nextEntryAt;
  private boolean reported;

  /** Successes before this instant change nothing. */
  private volatile long dueAt;

  private volatile boolean happened;

  /**
   * @param backend the name of the backend in log entries
   */
  Incident(Kind kind, String backend) {
    this.kind = kind;
    this.backend = backend;
  }

  /**
   * Records an event; returns the entry to log, if any.
   *
   * @param detail continues the first entry
   */
  @Nullable LogEntry onEvent(Reaction reaction, String detail, Throwable thrown, long now) {
    lock.lock();
    try {
      if (total() == 0) {
        firstAt = now;
      }
      counts.merge(reaction, 1L, Long::sum);
      ended = false;
      dueAt = now + QUIET_NANOS;
      if (happened && now - nextEntryAt < 0) {
        return null;
      }
      happened = true;
      nextEntryAt = now + INTERVAL_NANOS;
      boolean begins = !reported;
      reported = true;
      return begins ? beginning(detail, thrown) : progress(thrown, now);
    } finally {
      lock.unlock();
    }
  }

  private LogEntry beginning(String detail, Throwable thrown) {
    String before = total() > 1 ? " (" + counts() + " since the last entry)" : "";
    String text = backend + " " + kind.begin + before + ". " + detail;
    return kind == Kind.FAILURE
        ? new LogEntry(Level.WARNING, text, thrown)
        : new LogEntry(Level.WARNING, text + " " + thrown.getMessage(), null);
  }

  private LogEntry progress(Throwable thrown, long now) {
    return new LogEntry(
        Level.WARNING,
        backend
            + " "
            + kind.more
            + ": "
            + counts()
            + " in "
            + seconds(now)
            + ", the last: "
            + thrown.getMessage(),
        null);
  }

  /** Records a success; returns the entry to log, if any. */
  @Nullable LogEntry onSuccess(long now) {
    if (!happened || now - dueAt < 0) {
      return null;
    }
    lock.lock();
    try {
      if (now - dueAt < 0) {
        return null;
      }
      dueAt = nextEntryAt;
      if (!ended) {
        ended = true;
        endedAt = now;
      }
      if (total() == 0 || (!reported && now - nextEntryAt < 0)) {
        return null;
      }
      LogEntry end =
          new LogEntry(
              reported ? Level.INFO : Level.WARNING,
              backend + " " + kind.end + " after " + seconds(endedAt) + ": " + counts(),
              null);
      if (!reported) {
        nextEntryAt = now + INTERVAL_NANOS;
      }
      reported = false;
      counts.clear();
      return end;
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing is left to report, and a new incident would be logged at once. */
  boolean isOver(long now) {
    if (!happened) {
      return true;
    }
    lock.lock();
    try {
      return total() == 0 && now - nextEntryAt >= 0;
    } finally {
      lock.unlock();
    }
  }

  private long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private String counts() {
    return total()
        + " "
        + kind.events
        + " (hits allowed: "
        + count(Reaction.ALLOWED)
        + ", denied: "
        + count(Reaction.DENIED)
        + ", ended by an exception: "
        + count(Reaction.THROWN)
        + "; refunds and settlements lost: "
        + count(Reaction.LOST)
        + (count(Reaction.STARTED) == 0
            ? ""
            : "; starts without the store: " + count(Reaction.STARTED))
        + ")";
  }

  private long count(Reaction reaction) {
    return counts.getOrDefault(reaction, 0L);
  }

  private String seconds(long now) {
    return TimeUnit.NANOSECONDS.toSeconds(now - firstAt) + " s";
  }
}

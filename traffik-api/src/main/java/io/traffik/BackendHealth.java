package io.traffik;

import java.lang.System.Logger;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The recent failures and overload of one backend, for the log. All throttles of the process share
 * it, so that a thousand throttles on one dead backend write one stack trace.
 *
 * <p>Only backends with recent trouble have one. They are referenced weakly, and their number is
 * bounded. Safe for any number of threads.
 */
final class BackendHealth extends WeakReference<Backend> {

  /** More backends at once only lose the older entries, and with them the end in the log. */
  private static final int MAX_RECORDED = 256;

  private static final Logger LOGGER = System.getLogger(Throttle.class.getName());

  private static final ReentrantLock LOCK = new ReentrantLock();

  /** An immutable list. The final field makes it safe to publish by an opaque write. */
  private static final class Recorded {
    private final List<BackendHealth> backends;

    Recorded(List<BackendHealth> backends) {
      this.backends = List.copyOf(backends);
    }
  }

  private static final Recorded NONE = new Recorded(List.of());

  private static final VarHandle RECORDED;

  static {
    try {
      RECORDED =
          MethodHandles.lookup()
              .findStaticVarHandle(BackendHealth.class, "recorded", Recorded.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("UnusedVariable") // accessed by RECORDED
  private static Recorded recorded = NONE;

  private final Incident failure;
  private final Incident overload;

  private BackendHealth(Backend backend) {
    super(backend);
    String name = nameOf(backend);
    this.failure = new Incident(Incident.Kind.FAILURE, name);
    this.overload = new Incident(Incident.Kind.OVERLOAD, name);
  }

  private static String nameOf(Backend backend) {
    String className = backend.getClass().getName();
    String type = className.substring(className.lastIndexOf('.') + 1);
    try {
      return "Backend \"" + backend.namespace() + "\" (" + type + ")";
    } catch (RuntimeException | LinkageError | AssertionError e) {
      // A backend that fails may fail here, too.
      return "Backend (" + type + ")";
    }
  }

  private static Recorded current() {
    return (Recorded) RECORDED.getOpaque();
  }

  /** Whether any backend had trouble recently. Each hit reads it, so it is a field and no more. */
  static boolean isAnyRecorded() {
    return current() != NONE;
  }

  /** The health of a backend that has trouble. */
  static BackendHealth of(Backend backend) {
    BackendHealth existing = find(backend);
    if (existing != null) {
      return existing;
    }
    LOCK.lock();
    try {
      BackendHealth concurrent = find(backend);
      if (concurrent != null) {
        return concurrent;
      }
      List<BackendHealth> next = new ArrayList<>(current().backends);
      next.removeIf(health -> health.refersTo(null));
      if (next.size() >= MAX_RECORDED) {
        next.remove(0);
      }
      BackendHealth created = new BackendHealth(backend);
      next.add(created);
      RECORDED.setOpaque(new Recorded(next));
      return created;
    } finally {
      LOCK.unlock();
    }
  }

  private static @Nullable BackendHealth find(Backend backend) {
    List<BackendHealth> backends = current().backends;
    for (int i = 0; i < backends.size(); i++) {
      if (backends.get(i).refersTo(backend)) {
        return backends.get(i);
      }
    }
    return null;
  }

  /** The number of backends that are recorded. */
  static int recordedBackends() {
    return current().backends.size();
  }

  /** Records that a backend has decided. */
  static void succeeded(Backend backend, long now) {
    BackendHealth health = find(backend);
    if (health != null) {
      health.succeeded(now);
    }
  }

  private void succeeded(long now) {
    log(failure.onSuccess(now));
    log(overload.onSuccess(now));
    if (failure.isOver(now) && overload.isOver(now)) {
      remove();
    }
  }

  private void remove() {
    LOCK.lock();
    try {
      List<BackendHealth> next = new ArrayList<>(current().backends);
      next.remove(this);
      RECORDED.setOpaque(next.isEmpty() ? NONE : new Recorded(next));
    } finally {
      LOCK.unlock();
    }
  }

  void failed(Incident.Reaction reaction, String detail, BackendException thrown, long now) {
    log(failure.onEvent(reaction, detail, thrown, now));
  }

  void failedAtStart(BackendException thrown, long now) {
    failed(
        Incident.Reaction.STARTED,
        "The application starts without its store. Until the store is available, the failure policy"
            + " of each throttle decides, and the backend connects by itself. Check that the store"
            + " runs and its address is right. To require it at the start, call"
            + " requireBackendAtStart() of the adapter.",
        thrown,
        now);
  }

  void overloaded(Incident.Reaction reaction, String detail, OverloadException thrown, long now) {
    log(overload.onEvent(reaction, detail, thrown, now));
  }

  private static void log(Incident.@Nullable LogEntry entry) {
    if (entry != null) {
      LOGGER.log(entry.level(), entry.text(), entry.thrown());
    }
  }
}

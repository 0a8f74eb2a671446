package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.redis.server.Condition;
import io.traffik.spi.QuotaPolicy;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that hit one client's bucket without a pause, whatever happens to the server. Between
 * hits each peeks at a full bucket that is of a size of its own, so that an answer to another
 * question is noticed.
 */
final class Load implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Load.class.getName());

  static final Duration YEAR = Duration.ofDays(365);

  private static final int THREADS = 4;
  private static final long LONGEST_OVER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final AtomicLong granted = new AtomicLong();
  private final AtomicLong denied = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong longestNanos = new AtomicLong();
  private final Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
  private final Queue<String> messages = new ConcurrentLinkedQueue<>();
  private final List<Caller> callers = new ArrayList<>();
  private final Backend backend;
  private final QuotaPolicy policy;
  private final String identity;
  private final Pauses pauses = new Pauses();
  private volatile boolean stopped;

  private Load(Backend backend, long capacity, String identity) {
    this.backend = backend;
    this.policy = policy(capacity);
    this.identity = identity;
    for (int thread = 0; thread < THREADS; thread++) {
      callers.add(new Caller(thread));
    }
  }

  /** So many tokens a year: during a test none comes back. */
  static QuotaPolicy policy(long capacity) {
    return QuotaPolicy.of("api", List.of(Rate.of(capacity, YEAR)));
  }

  /**
   * Opens the backend, as a server does that starts, and begins to hit.
   *
   * @param capacity of the client's bucket
   */
  static Load on(Backend backend, long capacity, String identity) {
    backend.open();
    Load load = new Load(backend, capacity, identity);
    load.pauses.start();
    load.callers.forEach(Thread::start);
    return load;
  }

  long granted() {
    return granted.get();
  }

  /** How many calls failed; each may have been charged. */
  long failed() {
    return failed.get();
  }

  void awaitGranted(long atLeast) {
    Condition.await(backend + " has granted " + atLeast, () -> granted.get() >= atLeast);
  }

  void awaitFailures() {
    long before = failed.get();
    Condition.await(backend + " fails", () -> failed.get() > before);
  }

  /** Waits until the bucket has been found empty, from now on. */
  void awaitDenied() {
    long before = denied.get();
    Condition.await(backend + " has nothing left", () -> denied.get() > before + 4 * THREADS);
  }

  /** Waits until each thread has had its questions answered again. */
  void awaitAnswers() {
    List<Long> before = callers.stream().map(caller -> caller.answered.get()).toList();
    Condition.await(
        backend + " answers again",
        () -> {
          for (int i = 0; i < THREADS; i++) {
            if (callers.get(i).answered.get() < before.get(i) + 3) {
              return false;
            }
          }
          return true;
        });
  }

  /**
   * Ends the hits and holds what was answered to the rules: S4, no call lasted longer than the
   * deadline and 50 ms, give or take what this machine keeps threads waiting; what failed did so by
   * a clear {@link BackendException}; no answer was another question's.
   */
  void requireRulesKept(Duration deadline) {
    close();
    assertThat(wrong).as("%s, beside answers and BackendExceptions", backend).isEmpty();
    assertThat(messages)
        .as("what failed says of which backend")
        .allMatch(message -> message.contains("\"" + backend.namespace() + "\""));
    assertThat(Duration.ofNanos(longestNanos.get()))
        .as("%s, longest call", backend)
        .isLessThanOrEqualTo(
            deadline.plusNanos(LONGEST_OVER_NANOS).plusNanos(pauses.longestNanos()));
  }

  /**
   * Holds what was granted of a bucket, empty by now, to rule B3.
   *
   * @param lost how much of what had been taken the server forgot, which can be granted again
   */
  void requireGranted(long capacity, long lost) {
    LOG.log(
        Level.INFO,
        "{0} granted {1} of {2}; {3} calls failed, {4} was lost",
        backend,
        granted.get(),
        capacity,
        failed.get(),
        lost);
    assertThat(granted.get())
        .as("%s granted; %s calls failed, %s was lost", backend, failed, lost)
        .isBetween(capacity - failed.get(), capacity + Math.max(0, lost));
  }

  @Override
  public void close() {
    stopped = true;
    pauses.end();
    try {
      for (Caller caller : callers) {
        caller.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One is enough. */
  private void tell(Throwable e) {
    if (wrong.isEmpty()) {
      wrong.add(e);
    }
  }

  private final class Caller extends Thread {

    private final QuotaPolicy own;
    private final long full;
    private final AtomicLong answered = new AtomicLong();

    Caller(int thread) {
      super("load-" + identity + "-" + thread);
      setDaemon(true);
      this.own = QuotaPolicy.of("own" + thread, List.of(Rate.of(1 + thread, YEAR)));
      this.full = own.rate(0).fillNanos();
    }

    @Override
    public void run() {
      while (!stopped) {
        if (ask(this::hit) && ask(this::peek)) {
          answered.incrementAndGet();
        }
      }
    }

    private void hit() {
      if (backend.decideSingle(Operation.HIT, policy, identity, "", 1) >= 0) {
        granted.incrementAndGet();
      } else {
        denied.incrementAndGet();
      }
    }

    private void peek() {
      long margin = backend.decideSingle(Operation.PEEK, own, identity, "", 0);
      if (margin != full) {
        tell(new AssertionError("asked for " + full + ", answered " + margin));
      }
    }

    private boolean ask(Runnable question) {
      long start = System.nanoTime();
      boolean answered = false;
      try {
        question.run();
        answered = true;
      } catch (BackendException e) {
        failed.incrementAndGet();
        messages.add(String.valueOf(e.getMessage()));
      } catch (Throwable e) {
        tell(e);
      }
      longestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
      if (!answered) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      return answered;
    }
  }
}

package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.OverloadException;
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
 * Threads that hit one client's bucket continuously. Between hits, each thread peeks at a full
 * bucket of a distinct capacity. This reveals answers that belong to another call.
 */
final class LoadGenerator implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(LoadGenerator.class.getName());

  static final Duration YEAR = Duration.ofDays(365);

  static final int THREADS = 4;
  private static final long TOLERANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final AtomicLong granted = new AtomicLong();
  private final AtomicLong denied = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong maxCallNanos = new AtomicLong();
  private final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
  private final Queue<String> messages = new ConcurrentLinkedQueue<>();
  private final List<Caller> callers = new ArrayList<>();
  private final Backend backend;
  private final QuotaPolicy policy;
  private final String identity;
  private final SchedulingDelayProbe schedulingDelay = new SchedulingDelayProbe();
  private volatile boolean stopped;

  private LoadGenerator(Backend backend, long capacity, String identity) {
    this.backend = backend;
    this.policy = policy(capacity);
    this.identity = identity;
    for (int thread = 0; thread < THREADS; thread++) {
      callers.add(new Caller(thread));
    }
  }

  /** A rate per year: no token refills during a test. */
  static QuotaPolicy policy(long capacity) {
    return QuotaPolicy.of("api", List.of(Rate.of(capacity, YEAR)));
  }

  /**
   * Opens the backend and starts the threads.
   *
   * @param capacity the capacity of the client's bucket
   */
  static LoadGenerator start(Backend backend, long capacity, String identity) {
    backend.open();
    LoadGenerator generator = new LoadGenerator(backend, capacity, identity);
    generator.schedulingDelay.start();
    generator.callers.forEach(Thread::start);
    return generator;
  }

  long granted() {
    return granted.get();
  }

  /** The number of failed calls; each may have been charged. */
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

  /** Waits for further denials, which show that the bucket is empty. */
  void awaitDenied() {
    long before = denied.get();
    Condition.await(backend + " denies hits", () -> denied.get() > before + 4 * THREADS);
  }

  /** Waits until every thread receives answers again. */
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
   * Stops the threads and checks rule S4: no call exceeded the deadline by more than 50 ms, plus
   * the scheduling delay of this machine; every failure was a {@link BackendException} that names
   * the backend; no answer belonged to another call.
   */
  void requireRules(Duration deadline) {
    close();
    assertThat(unexpected)
        .as("%s: results other than answers and BackendExceptions", backend)
        .isEmpty();
    assertThat(messages)
        .as("failures name the backend")
        .allMatch(message -> message.contains("\"" + backend.namespace() + "\""));
    assertThat(Duration.ofNanos(maxCallNanos.get()))
        .as("%s: longest call", backend)
        .isLessThanOrEqualTo(
            deadline.plusNanos(TOLERANCE_NANOS).plusNanos(schedulingDelay.maxDelayNanos()));
  }

  /**
   * Checks rule B3 for a bucket that is empty by now.
   *
   * @param lost the taken tokens that the server has lost, which can be granted again
   */
  void requireGranted(long capacity, long lost) {
    LOG.log(
        Level.INFO,
        "{0} granted {1} of {2}; {3} calls failed, {4} tokens were lost",
        backend,
        granted.get(),
        capacity,
        failed.get(),
        lost);
    assertThat(granted.get())
        .as("%s granted; %s calls failed, %s tokens were lost", backend, failed, lost)
        .isBetween(capacity - failed.get(), capacity + Math.max(0, lost));
  }

  @Override
  public void close() {
    stopped = true;
    schedulingDelay.stopProbe();
    try {
      for (Caller caller : callers) {
        caller.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Keeps only the first. */
  private void addUnexpected(Throwable e) {
    if (unexpected.isEmpty()) {
      unexpected.add(e);
    }
  }

  private final class Caller extends Thread {

    private final QuotaPolicy ownPolicy;
    private final long fullMargin;
    private final AtomicLong answered = new AtomicLong();

    Caller(int thread) {
      super("load-" + identity + "-" + thread);
      setDaemon(true);
      this.ownPolicy = QuotaPolicy.of("own" + thread, List.of(Rate.of(1 + thread, YEAR)));
      this.fullMargin = ownPolicy.rate(0).fillNanos();
    }

    @Override
    public void run() {
      while (!stopped) {
        if (call(this::hit) && call(this::peek)) {
          answered.incrementAndGet();
        }
      }
    }

    private void hit() {
      if (backend.decideSingle(Operation.HIT, policy, identity, "", 1, 0) >= 0) {
        granted.incrementAndGet();
      } else {
        denied.incrementAndGet();
      }
    }

    private void peek() {
      long margin = backend.decideSingle(Operation.PEEK, ownPolicy, identity, "", 0, 0);
      if (margin != fullMargin) {
        addUnexpected(new AssertionError("expected margin " + fullMargin + ", but got " + margin));
      }
    }

    private boolean call(Runnable call) {
      long start = System.nanoTime();
      boolean answered = false;
      try {
        call.run();
        answered = true;
      } catch (BackendException | OverloadException e) {
        failed.incrementAndGet();
        messages.add(String.valueOf(e.getMessage()));
      } catch (Throwable e) {
        addUnexpected(e);
      }
      maxCallNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
      if (!answered) {
        LockSupport.parkNanos(RETRY_NANOS);
      }
      return answered;
    }
  }
}

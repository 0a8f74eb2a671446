package io.traffik.jmh.check;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.LongAdder;

/**
 * Hits the store in memory for long, while its tables grow, are swept and give way at the bound,
 * and holds what some hundred throttled clients are granted to an exact account, client by client
 * and over every span between two audits (rule B3):
 *
 * <pre>
 * java -cp benchmarks.jar io.traffik.jmh.check.Soak [minutes]
 * </pre>
 *
 * <p>The clients of the account are always hungry, so they miss more than the passers-by and never
 * give way (rule M3); that they lose no token is checked as well. It fails (exit status 1) at the
 * first fault.
 */
public final class Soak {

  private static final int BOUND = 20_000;
  private static final int CLIENTS = 300;
  private static final int THREADS = 4;
  private static final Duration PHASE = Duration.ofSeconds(1);

  /**
   * Of so many hits, these are of audited clients, those of ones that come back, the rest of new
   * ones.
   */
  private static final int HITS_PER_CYCLE = 16;

  private static final int AUDITED = 10;
  private static final int RETURNING = 3;

  private static final QuotaPolicy ONE_TIME_CLIENTS =
      QuotaPolicy.of("passers-by", List.of(Rate.of(10, Duration.ofMinutes(1))));
  private static final QuotaPolicy SHORT_LIVED =
      QuotaPolicy.of("brief", List.of(Rate.of(5, Duration.ofMillis(2))));

  /** So slow that each client is hungry even where hits are few, in the first second, say. */
  private static final List<QuotaPolicy> POLICIES =
      List.of(
          QuotaPolicy.of("hundred", List.of(Rate.perSecond(100))),
          QuotaPolicy.of("forty", List.of(Rate.perSecond(40).withCapacity(50))),
          QuotaPolicy.of(
              "both",
              List.of(Rate.perSecond(50).withCapacity(20), Rate.of(400, Duration.ofSeconds(10)))));

  private final Backend store;
  private final List<SoakAudit> audits = new ArrayList<>();
  private final long[][] grants = new long[THREADS][CLIENTS];
  private final LongAdder hits = new LongAdder();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  Soak(Backend store) {
    this.store = store;
    long now = System.nanoTime();
    for (int client = 0; client < CLIENTS; client++) {
      audits.add(new SoakAudit(policy(client).rates(), now));
    }
  }

  /**
   * Soaks and prints what was found.
   *
   * @param arguments optionally for how many minutes, 10 unless told
   */
  public static void main(String[] arguments) throws InterruptedException {
    int minutes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
    InMemoryBackend store = InMemoryBackend.builder("soak").maxKeys(BOUND).build();
    Soak soak = new Soak(store);
    List<String> faults = soak.run(Math.toIntExact(Duration.ofMinutes(minutes).dividedBy(PHASE)));
    System.out.printf(
        "%d min, %d threads: %,d hits, %,d granted to %d audited clients, %,d passers-by gave way%n",
        minutes, THREADS, soak.hits.sum(), soak.granted(), CLIENTS, store.evictions());
    faults.forEach(System.out::println);
    System.out.println(faults.isEmpty() ? "no fault" : "FAULTS: " + faults.size());
    if (!faults.isEmpty()) {
      System.exit(1);
    }
  }

  /** Runs some phases, each with an audit at its end, and tells what was wrong. */
  List<String> run(int phases) throws InterruptedException {
    exhaustAll();
    CyclicBarrier barrier = new CyclicBarrier(THREADS, () -> stopped = !audit());
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      int number = t;
      threads.add(new Thread(() -> hit(number, phases, barrier), "soak-" + t));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    return List.copyOf(faults);
  }

  long granted() {
    return audits.stream().mapToLong(SoakAudit::granted).sum();
  }

  /** Who has nothing left is not the one to give way when the bound is reached. */
  private void exhaustAll() {
    for (int client = 0; client < CLIENTS; client++) {
      while (hitAudited(0, client)) {
        hits.increment();
      }
    }
  }

  private void hit(int thread, int phases, CyclicBarrier barrier) {
    SplittableRandom random = new SplittableRandom(thread);
    try {
      for (int phase = 0; phase < phases && !stopped; phase++) {
        try {
          hitForOnePhase(thread, phase, random);
        } catch (RuntimeException | Error e) {
          // And on to the barrier, where the others would wait for ever else: all end there.
          faults.add("thread " + thread + " failed: " + e);
        }
        barrier.await();
      }
    } catch (InterruptedException | BrokenBarrierException e) {
      faults.add("thread " + thread + " failed: " + e);
    }
  }

  private void hitForOnePhase(int thread, int phase, SplittableRandom random) {
    long passersBy = 0;
    long end = System.nanoTime() + PHASE.toNanos();
    while (System.nanoTime() - end < 0) {
      for (int i = 0; i < HITS_PER_CYCLE * HITS_PER_CYCLE; i++) {
        int kind = i % HITS_PER_CYCLE;
        if (kind < AUDITED) {
          hitAudited(thread, random.nextInt(CLIENTS));
        } else if (kind < AUDITED + RETURNING) {
          store.decide(
              new BackendCall(Operation.HIT, SHORT_LIVED, "brief-" + random.nextInt(2_000), "", 1));
        } else {
          String passerBy = thread + "-" + phase + "-" + passersBy++;
          store.decide(new BackendCall(Operation.HIT, ONE_TIME_CLIENTS, passerBy, "", 1));
        }
      }
      hits.add(HITS_PER_CYCLE * HITS_PER_CYCLE);
    }
  }

  private boolean hitAudited(int thread, int client) {
    QuotaPolicy policy = policy(client);
    boolean granted =
        Margin.areGranted(
            store.decide(new BackendCall(Operation.HIT, policy, "client-" + client, "", 1)));
    grants[thread][client] += granted ? 1 : 0;
    return granted;
  }

  /** All threads wait meanwhile. */
  private boolean audit() {
    long now = System.nanoTime();
    for (int client = 0; client < CLIENTS; client++) {
      long sum = 0;
      for (long[] ofThread : grants) {
        sum += ofThread[client];
        ofThread[client] = 0;
      }
      for (String fault : audits.get(client).audit(sum, now)) {
        faults.add("client-" + client + " of " + policy(client) + ": " + fault);
      }
    }
    return faults.isEmpty();
  }

  private static QuotaPolicy policy(int client) {
    return POLICIES.get(client % POLICIES.size());
  }
}

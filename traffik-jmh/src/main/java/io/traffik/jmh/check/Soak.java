package io.traffik.jmh.check;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.LongAdder;

/**
 * Hits the in-memory store for a long time while its tables grow, are swept and evict at the bound.
 * The tokens granted to some hundred throttled clients are compared with an exact account (rule
 * B3):
 *
 * <pre>
 * java -cp benchmarks.jar io.traffik.jmh.check.Soak [minutes]
 * </pre>
 *
 * <p>Audited clients hit more often than their rate allows. Their buckets are the emptiest, so they
 * are never evicted (rule M3). The account also detects lost tokens. The exit status is 1 after the
 * first fault.
 */
public final class Soak {

  private static final int BOUND = 20_000;
  private static final int CLIENTS = 300;
  private static final int THREADS = 4;
  private static final Duration PHASE = Duration.ofSeconds(1);

  /**
   * Hits per cycle: {@link #AUDITED} of audited clients, {@link #RETURNING} of returning ones, the
   * rest of new ones.
   */
  private static final int HITS_PER_CYCLE = 16;

  private static final int AUDITED = 10;
  private static final int RETURNING = 3;

  private static final QuotaPolicy ONE_TIME_CLIENTS =
      QuotaPolicy.of("one-time", List.of(Rate.of(10, Duration.ofMinutes(1))));
  private static final QuotaPolicy SHORT_LIVED =
      QuotaPolicy.of("short-lived", List.of(Rate.of(5, Duration.ofMillis(2))));

  /**
   * Policies so slow that every audited client is throttled even while hits are few. Buckets refill
   * in a second or more. A busy machine may leave a client without a hit for half a second; its
   * bucket is then still too empty for eviction.
   */
  private static final List<QuotaPolicy> POLICIES =
      List.of(
          QuotaPolicy.of("hundred", List.of(Rate.perSecond(100))),
          QuotaPolicy.of("forty", List.of(Rate.perSecond(40).withCapacity(50))),
          QuotaPolicy.of(
              "both", List.of(Rate.perSecond(50), Rate.of(400, Duration.ofSeconds(10)))));

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
   * Runs the check and prints the result.
   *
   * @param arguments optionally the number of minutes, 10 by default
   */
  public static void main(String[] arguments) throws InterruptedException {
    int minutes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
    InMemoryBackend store = InMemoryBackend.builder("soak").maxKeys(BOUND).build();
    Soak soak = new Soak(store);
    List<String> faults = soak.run(Math.toIntExact(Duration.ofMinutes(minutes).dividedBy(PHASE)));
    System.out.printf(
        "%d min, %d threads: %,d hits, %,d granted to %d audited clients, %,d evictions%n",
        minutes, THREADS, soak.hits.sum(), soak.granted(), CLIENTS, store.evictions());
    faults.forEach(System.out::println);
    System.out.println(faults.isEmpty() ? "No fault" : "Faults: " + faults.size());
    if (!faults.isEmpty()) {
      System.exit(1);
    }
  }

  /** Runs some phases with an audit after each, and returns the faults. */
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

  /** Empties the audited buckets, so that none of them is evicted when the bound is reached. */
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
          // Continue to the barrier; otherwise the other threads would wait for ever.
          faults.add("thread " + thread + " failed: " + e);
        }
        barrier.await();
      }
    } catch (InterruptedException | BrokenBarrierException e) {
      faults.add("thread " + thread + " failed: " + e);
    }
  }

  private void hitForOnePhase(int thread, int phase, SplittableRandom random) {
    long oneTimeClients = 0;
    long end = System.nanoTime() + PHASE.toNanos();
    while (System.nanoTime() - end < 0) {
      for (int i = 0; i < HITS_PER_CYCLE * HITS_PER_CYCLE; i++) {
        int kind = i % HITS_PER_CYCLE;
        if (kind < AUDITED) {
          hitAudited(thread, random.nextInt(CLIENTS));
        } else if (kind < AUDITED + RETURNING) {
          store.decide(
              new BackendCall(
                  Operation.HIT, SHORT_LIVED, "returning-" + random.nextInt(2_000), "", 1));
        } else {
          String oneTimeClient = thread + "-" + phase + "-" + oneTimeClients++;
          store.decide(new BackendCall(Operation.HIT, ONE_TIME_CLIENTS, oneTimeClient, "", 1));
        }
      }
      hits.add(HITS_PER_CYCLE * HITS_PER_CYCLE);
    }
  }

  private boolean hitAudited(int thread, int client) {
    QuotaPolicy policy = policy(client);
    boolean granted =
        Arrays.stream(
                store.decide(new BackendCall(Operation.HIT, policy, "client-" + client, "", 1)))
            .allMatch(margin -> margin >= 0);
    grants[thread][client] += granted ? 1 : 0;
    return granted;
  }

  /** Audits all clients while all threads wait at the barrier. */
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

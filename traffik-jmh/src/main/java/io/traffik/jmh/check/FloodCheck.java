package io.traffik.jmh.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.ClientIdentities;
import io.traffik.jmh.workload.Limiter;
import io.traffik.jmh.workload.LogUniformClients;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Floods Traffik's in-memory store with 22 million new clients at a bound of one million. Six
 * rounds of two million alternate with as many hits of known clients, to compare the costs; the
 * first round is a warm-up. Every call of the last ten million is timed.
 *
 * <pre>
 * java -Xmx256m -cp benchmarks.jar io.traffik.jmh.check.FloodCheck [results.json]
 * </pre>
 *
 * <p>The exit status is 1 after any of these faults: a hit throws; a new client is denied; a
 * throttled client is allowed; the store exceeds its bound; a call takes more than 1 ms of
 * processor time.
 */
public final class FloodCheck {

  private static final int BOUND = 1_000_000;
  private static final int FLOOD = 10_000_000;

  /** Rounds that alternate between known and new clients; the median of their ratios counts. */
  static final int ROUNDS = 5;

  private final Limiter knownStore;
  private final Limiter floodedStore;
  private final FloodRun knownRun;
  private final FloodRun floodRun;
  private final int bound;
  private final int hits;

  /**
   * @param stores creates the store that known clients hit, and the one that is flooded
   */
  FloodCheck(Supplier<Limiter> stores, int bound, int hits) {
    this.knownStore = stores.get();
    this.floodedStore = stores.get();
    this.knownRun = new FloodRun(bound);
    this.floodRun = new FloodRun(bound);
    this.bound = bound;
    this.hits = hits;
  }

  /**
   * Runs the check, prints the result and writes it.
   *
   * @param arguments optionally the file to write
   */
  public static void main(String[] arguments) throws Exception {
    Supplier<Limiter> stores =
        () -> Contenders.create(Contenders.TRAFFIK, BenchmarkLimit.HUNDRED_PER_DAY, BOUND, BOUND);
    FloodResult run = new FloodCheck(stores, BOUND, FLOOD).run();
    System.out.println(run.summary());
    if (arguments.length > 0) {
      new ObjectMapper().writeValue(Path.of(arguments[0]).toFile(), run);
    }
    if (!run.faults().isEmpty()) {
      System.exit(1);
    }
  }

  FloodResult run() throws IOException, InterruptedException {
    int knownClients = bound / 4 * 3;
    knownRun.run(knownStore, ClientIdentities::of, knownClients);
    floodRun.exhaustThrottledClients(floodedStore);
    List<Round> rounds = new ArrayList<>();
    int hitsPerRound = hits / ROUNDS;
    int next = bound;
    for (int round = 0; round <= ROUNDS; round++, next += hitsPerRound) {
      Round measured = round(knownClients, next, hitsPerRound);
      if (round > 0) {
        rounds.add(measured);
      }
    }
    rounds.sort(Comparator.comparingDouble(Round::ratio));
    Round median = rounds.get(ROUNDS / 2);
    int first = next;
    try (CallTimer times = new CallTimer()) {
      floodRun.run(times.timed(floodedStore), i -> ClientIdentities.of(first + i), hits);
      return new FloodResult(
          hits,
          bound,
          median.knownNanos(),
          median.newNanos(),
          floodRun.probes(),
          floodRun.wronglyAllowed(),
          floodRun.wronglyDenied() + knownRun.wronglyDenied(),
          floodRun.failures() + knownRun.failures(),
          floodRun.boundViolations() + knownRun.boundViolations(),
          times.latencies());
    }
  }

  /** Measures known and new clients in turn, because the speed of the machine drifts. */
  private Round round(int knownClients, int firstNew, int hits) throws InterruptedException {
    IntFunction<String> knownClient =
        i ->
            ClientIdentities.of(
                LogUniformClients.client((firstNew + i) % knownClients, knownClients));
    IntFunction<String> newClient = i -> ClientIdentities.of(firstNew + i);
    Limiter noLimiter = new NoLimiter();
    double knownIdentityNanos = knownRun.run(noLimiter, knownClient, hits);
    double knownNanos = knownRun.run(knownStore, knownClient, hits);
    double newIdentityNanos = knownRun.run(noLimiter, newClient, hits);
    double newNanos = floodRun.run(floodedStore, newClient, hits);
    return new Round(knownNanos - knownIdentityNanos, newNanos - newIdentityNanos);
  }

  private record Round(double knownNanos, double newNanos) {

    double ratio() {
      return knownNanos / newNanos;
    }
  }

  /** A limiter that decides nothing, which measures the creation of identities. */
  private static final class NoLimiter implements Limiter {

    @Override
    public boolean hit(String identity) {
      return identity.length() > 0;
    }

    @Override
    public void consumeHalf(String identity) {}

    @Override
    public long size() {
      return 0;
    }
  }
}

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
 * Floods Traffik's store with ten million clients at a bound of one million, twice: once for the
 * throughput, beside that of known clients of whom each is as frequent as another, once with every
 * call timed. Run it with {@code -Xmx256m}:
 *
 * <pre>
 * java -Xmx256m -cp benchmarks.jar io.traffik.jmh.check.FloodCheck [results.json]
 * </pre>
 *
 * <p>It fails (exit status 1) if a hit throws, a new client is denied, a client that had been
 * throttled gets through, the store holds more than its bound, or a call takes more than 1 ms of
 * processor time.
 */
public final class FloodCheck {

  private static final int BOUND = 1_000_000;
  private static final int FLOOD = 10_000_000;

  /** Rounds of known clients and of new ones in turn, of whose ratios the median counts. */
  static final int ROUNDS = 5;

  private final Limiter knownStore;
  private final Limiter floodedStore;
  private final FloodRun knownRun;
  private final FloodRun floodRun;
  private final int bound;
  private final int hits;

  /**
   * @param make makes the store that known clients hit, and the one that is flooded
   */
  FloodCheck(Supplier<Limiter> make, int bound, int hits) {
    this.knownStore = make.get();
    this.floodedStore = make.get();
    this.knownRun = new FloodRun(bound);
    this.floodRun = new FloodRun(bound);
    this.bound = bound;
    this.hits = hits;
  }

  /**
   * Floods, prints what was found, and writes it.
   *
   * @param arguments optionally the file to write
   */
  public static void main(String[] arguments) throws Exception {
    Supplier<Limiter> stores =
        () -> Contenders.create(Contenders.TRAFFIK, BenchmarkLimit.HUNDRED_PER_DAY, BOUND, BOUND);
    FloodResult run = new FloodCheck(stores, BOUND, FLOOD).run();
    System.out.println(run.inWords());
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
    int hitsOfOne = hits / ROUNDS;
    int next = bound;
    for (int round = 0; round <= ROUNDS; round++, next += hitsOfOne) {
      Round measured = round(knownClients, next, hitsOfOne);
      // The first does not count: in it, all is compiled.
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

  /** One after the other, since the machine may be slower in another second. */
  private Round round(int knownClients, int firstNew, int hits) throws InterruptedException {
    IntFunction<String> knownClient =
        i ->
            ClientIdentities.of(
                LogUniformClients.client((firstNew + i) % knownClients, knownClients));
    IntFunction<String> newClient = i -> ClientIdentities.of(firstNew + i);
    Limiter nothing = new Nothing();
    double knownIdentityNanos = knownRun.run(nothing, knownClient, hits);
    double knownNanos = knownRun.run(knownStore, knownClient, hits);
    double newIdentityNanos = knownRun.run(nothing, newClient, hits);
    double newNanos = floodRun.run(floodedStore, newClient, hits);
    return new Round(knownNanos - knownIdentityNanos, newNanos - newIdentityNanos);
  }

  private record Round(double knownNanos, double newNanos) {

    double ratio() {
      return knownNanos / newNanos;
    }
  }

  /** Takes the identity and decides nothing: what the making of identities costs. */
  private static final class Nothing implements Limiter {

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

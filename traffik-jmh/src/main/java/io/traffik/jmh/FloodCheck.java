package io.traffik.jmh;

import com.fasterxml.jackson.databind.ObjectMapper;
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
 * java -Xmx256m -cp benchmarks.jar io.traffik.jmh.FloodCheck [results.json]
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

  private final Limiter calm;
  private final Limiter flooded;
  private final Flood known;
  private final Flood flood;
  private final int bound;
  private final int hits;

  /**
   * @param make makes the store that known clients hit, and the one that is flooded
   */
  FloodCheck(Supplier<Limiter> make, int bound, int hits) {
    this.calm = make.get();
    this.flooded = make.get();
    this.known = new Flood(bound);
    this.flood = new Flood(bound);
    this.bound = bound;
    this.hits = hits;
  }

  /**
   * Floods, prints what was found, and writes it.
   *
   * @param arguments optionally the file to write
   */
  public static void main(String[] arguments) throws Exception {
    Supplier<Limiter> stores = () -> Contenders.make(Contenders.TRAFFIK, Limit.DAILY, BOUND, BOUND);
    FloodFindings findings = new FloodCheck(stores, BOUND, FLOOD).findings();
    System.out.println(findings.inWords());
    if (arguments.length > 0) {
      new ObjectMapper().writeValue(Path.of(arguments[0]).toFile(), findings);
    }
    if (!findings.faults().isEmpty()) {
      System.exit(1);
    }
  }

  FloodFindings findings() throws IOException, InterruptedException {
    int knownClients = bound / 4 * 3;
    known.run(calm, Identities::of, knownClients);
    flood.exhaustVictims(flooded);
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
    try (CallTimes times = new CallTimes()) {
      flood.run(times.timing(flooded), i -> Identities.of(first + i), hits);
      return new FloodFindings(
          hits,
          bound,
          median.knownNanos(),
          median.newNanos(),
          flood.watched(),
          flood.freed(),
          flood.refused() + known.refused(),
          flood.failed() + known.failed(),
          flood.overBound() + known.overBound(),
          times.pauses());
    }
  }

  /** One after the other, since the machine may be slower in another second. */
  private Round round(int knownClients, int firstNew, int hits) throws InterruptedException {
    IntFunction<String> knownClient =
        i -> Identities.of(Popularity.client((firstNew + i) % knownClients, knownClients));
    IntFunction<String> newClient = i -> Identities.of(firstNew + i);
    Limiter nothing = new Nothing();
    double knownIdentityNanos = known.run(nothing, knownClient, hits);
    double knownNanos = known.run(calm, knownClient, hits);
    double newIdentityNanos = known.run(nothing, newClient, hits);
    double newNanos = flood.run(flooded, newClient, hits);
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
    public void admit(String identity) {}

    @Override
    public long size() {
      return 0;
    }
  }
}

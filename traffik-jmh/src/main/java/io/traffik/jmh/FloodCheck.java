package io.traffik.jmh;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntFunction;

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

  private final Limiter limiter;
  private final int bound;
  private final int hits;

  FloodCheck(Limiter limiter, int bound, int hits) {
    this.limiter = limiter;
    this.bound = bound;
    this.hits = hits;
  }

  /**
   * Floods, prints what was found, and writes it.
   *
   * @param arguments optionally the file to write
   */
  public static void main(String[] arguments) throws Exception {
    Limiter store = Contenders.make(Contenders.TRAFFIK, Limit.DAILY, BOUND, BOUND);
    FloodFindings findings = new FloodCheck(store, BOUND, FLOOD).findings();
    System.out.println(findings.inWords());
    if (arguments.length > 0) {
      new ObjectMapper().writeValue(Path.of(arguments[0]).toFile(), findings);
    }
    if (!findings.faults().isEmpty()) {
      System.exit(1);
    }
  }

  FloodFindings findings() throws IOException, InterruptedException {
    Flood known = new Flood(bound);
    int knownClients = bound / 4 * 3;
    known.run(limiter, Identities::of, knownClients);
    IntFunction<String> knownClient =
        i -> Identities.of(Popularity.client(i % knownClients, knownClients));
    Limiter nothing = new Nothing();
    // Each once before it counts, so that it is compiled.
    known.run(limiter, knownClient, hits);
    known.run(nothing, knownClient, hits);
    double identityNanos = known.run(nothing, knownClient, hits);
    double knownNanos = known.run(limiter, knownClient, hits) - identityNanos;

    Flood flood = new Flood(bound);
    flood.exhaustVictims(limiter);
    double newNanos = flood.run(limiter, i -> Identities.of(bound + i), hits) - identityNanos;
    try (CallTimes times = new CallTimes()) {
      flood.run(times.timing(limiter), i -> Identities.of(bound + hits + i), hits);
      return new FloodFindings(
          hits,
          bound,
          knownNanos,
          newNanos,
          flood.watched(),
          flood.freed(),
          flood.refused() + known.refused(),
          flood.failed() + known.failed(),
          flood.overBound() + known.overBound(),
          times.pauses());
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

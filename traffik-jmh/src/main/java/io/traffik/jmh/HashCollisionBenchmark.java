package io.traffik.jmh;

import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Clients that chose identities with one {@link String#hashCode}, and as many that did not (rule
 * K1). {@code OpenAddressingBaseline} is left out, because its clients would share one bucket.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@Threads(2)
public class HashCollisionBenchmark {

  static final String COLLIDING = "colliding";
  static final String DISTINCT = "distinct";

  /** Pairs of characters per identity, each with two choices. */
  private static final int CHOICES = 12;

  private static final int CLIENTS = 1 << CHOICES;

  /** The contender. */
  @Param({
    Contenders.TRAFFIK,
    Contenders.CONCURRENT_HASH_MAP,
    Contenders.BUCKET4J_MAP,
    Contenders.BUCKET4J_CAFFEINE,
    Contenders.GUAVA,
    Contenders.RESILIENCE4J,
    Contenders.FAILSAFE
  })
  public String limiter;

  /** Whether the clients have one hash code. */
  @Param({COLLIDING, DISTINCT})
  public String clients;

  private BenchmarkTarget target;

  /** The clients that one thread hits in a cycle. */
  @State(Scope.Thread)
  public static class Clients {

    private String[] identities = {};
    private int next;

    /** Creates new strings for each thread. */
    @Setup
    public void setUp(HashCollisionBenchmark benchmark) {
      identities = identities(benchmark.clients);
    }

    private String next() {
      return identities[next++ & (CLIENTS - 1)];
    }
  }

  static String[] identities(String clients) {
    String pair =
        switch (clients) {
          case COLLIDING -> "BB";
          case DISTINCT -> "CB";
          default -> throw new IllegalArgumentException("Unknown kind of clients: " + clients);
        };
    return IntStream.range(0, CLIENTS).mapToObj(i -> identity(i, pair)).toArray(String[]::new);
  }

  private static String identity(int client, String pair) {
    StringBuilder identity = new StringBuilder();
    for (int i = 0; i < CHOICES; i++) {
      identity.append((client >>> i & 1) == 0 ? "Aa" : pair);
    }
    return identity.toString();
  }

  /** Creates the contender with all its clients. */
  @Setup
  public void setUp() {
    Limiter made = Contenders.create(limiter, BenchmarkLimit.ALWAYS_ALLOWED, CLIENTS);
    for (String identity : identities(clients)) {
      made.consumeHalf(identity);
    }
    target = BenchmarkTarget.holding(made, true, CLIENTS);
  }

  /** Hits the next client. */
  @Benchmark
  public boolean hit(Clients clients, AnswerVerifier answers) {
    return target.hit(clients.next(), answers);
  }
}

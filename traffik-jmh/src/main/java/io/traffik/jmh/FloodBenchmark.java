package io.traffik.jmh;

import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.ClientIdentities;
import io.traffik.jmh.workload.Limiter;
import io.traffik.jmh.workload.LogUniformClients;
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
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Hits of new clients on a contender at its bound, compared with hits of known clients. All hits
 * are allowed. The known clients are three quarters of the bound. Some are frequent, in the order
 * of {@link LogUniformClients}, or all are equally frequent. Equally frequent clients reach as much
 * memory as a flood does.
 *
 * <p>Every kind of clients is a ring of 16 times the bound, so reading the next identity costs the
 * same. A new client that repeats was evicted long before. New clients have 100 tokens a minute,
 * known ones a limit that they never reach.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@Threads(2)
public class FloodBenchmark {

  public static final String NEW = "new";
  public static final String KNOWN = "known";
  public static final String KNOWN_UNIFORM = "knownUniform";

  private static final int RING_FACTOR = 16;

  /** The contender. */
  @Param({Contenders.TRAFFIK, Contenders.BUCKET4J_CAFFEINE, Contenders.BUCKET4J_PROXY})
  public String limiter;

  /** Whether the clients are new, known, or known and equally frequent. */
  @Param({NEW, KNOWN, KNOWN_UNIFORM})
  public String clients;

  /** The largest number of clients that the contender may hold. */
  @Param({"100000"})
  public int bound;

  private BenchmarkTarget target;
  public String[] ring = {};

  /** The position of one thread in the ring. */
  @State(Scope.Thread)
  public static class RingPosition {

    private int next;

    /** Spreads the threads over the ring. */
    @Setup
    public void setUp(FloodBenchmark benchmark, ThreadParams thread) {
      next =
          (int) ((long) benchmark.ring.length * thread.getThreadIndex() / thread.getThreadCount());
    }

    private String next(String[] ring) {
      if (next == ring.length) {
        next = 0;
      }
      return ring[next++];
    }
  }

  /** Creates the contender with the known clients, or full of other ones. */
  @Setup
  public void setUp() {
    boolean known = !clients.equals(NEW);
    int admitted = known ? bound / 4 * 3 : bound;
    Limiter contender =
        Contenders.create(
            limiter,
            known ? BenchmarkLimit.ALWAYS_ALLOWED : BenchmarkLimit.HUNDRED_PER_MINUTE,
            admitted,
            bound);
    for (int client = 0; client < admitted; client++) {
      contender.consumeHalf(ClientIdentities.of(client));
    }
    // Some contenders partition their bound and evict a few per cent early.
    target = BenchmarkTarget.holding(contender, true, known ? admitted : bound / 2);
    ring = ring(admitted);
  }

  private String[] ring(int admitted) {
    int length = RING_FACTOR * bound;
    if (clients.equals(KNOWN)) {
      return LogUniformClients.draws(admitted, 0, length);
    }
    int first = clients.equals(NEW) ? bound : 0;
    int different = clients.equals(NEW) ? length : admitted;
    return IntStream.range(0, length)
        .mapToObj(i -> ClientIdentities.of(first + i % different))
        .toArray(String[]::new);
  }

  /** Hits the next client. */
  @Benchmark
  public boolean hit(RingPosition position, AnswerVerifier answers) {
    return target.hit(position.next(ring), answers);
  }
}

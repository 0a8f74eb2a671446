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
 * Clients that were never seen before, at the bound of a contender that has one; beside it known
 * clients, three quarters of the same bound, drawn by log-uniform {@link LogUniformClients}, and
 * one as often as another: a flood reaches all of the memory, as those do and popular ones do not.
 * All hits are allowed.
 *
 * <p>The new clients are a ring of 16 times the bound, so that one that comes round again was
 * forgotten long before; both kinds of known ones are a ring as long, so that reading who comes
 * costs the same. New ones are held to an ordinary limit, 100 a minute, the known ones to one that
 * they never exhaust.
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

  /** How many clients the contender may hold. */
  @Param({"100000"})
  public int bound;

  private BenchmarkTarget target;
  public String[] ring = {};

  /** Where one thread is in the ring. */
  @State(Scope.Thread)
  public static class RingPosition {

    private int next;

    /** Threads start far from one another. */
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

  /** Makes the contender, and fills it: with the known clients, or up to its bound with others. */
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
    // Some contenders part their bound, and evict a few per cent before they have reached it.
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

  /** One hit on the next client. */
  @Benchmark
  public boolean hit(RingPosition place, AnswerVerifier answers) {
    return target.hit(place.next(ring), answers);
  }
}

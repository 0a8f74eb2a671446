package io.traffik.jmh;

import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.workload.LogUniformClients;
import java.util.concurrent.TimeUnit;
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
 * One bucket for each of many clients, all known, drawn by log-uniform {@link LogUniformClients}.
 * Ten million clients ({@code -p keys=10000000}) need a heap of 12 GB for the heaviest contenders.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@Threads(2)
public class KeyedBenchmark {

  /** The contender. */
  @Param({
    Contenders.TRAFFIK,
    Contenders.OPEN_ADDRESSING,
    Contenders.KEYED_OPEN_ADDRESSING,
    Contenders.CONCURRENT_HASH_MAP,
    Contenders.BUCKET4J_MAP,
    Contenders.BUCKET4J_CAFFEINE,
    Contenders.BUCKET4J_PROXY,
    Contenders.GUAVA,
    Contenders.RESILIENCE4J,
    Contenders.FAILSAFE
  })
  public String limiter;

  /** Whether hits are granted or denied. */
  @Param({BenchmarkTarget.ALLOWED, BenchmarkTarget.DENIED})
  public String answer;

  /** How many clients are known. */
  @Param({"1000", "100000", "1000000"})
  public int keys;

  private BenchmarkTarget target;

  /** The clients that one thread will hit, drawn beforehand. */
  @State(Scope.Thread)
  public static class Clients {

    private String[] draws = {};
    private int next;

    /** Draws the clients, other ones for each thread. */
    @Setup
    public void setUp(KeyedBenchmark benchmark, ThreadParams thread) {
      draws = LogUniformClients.draws(benchmark.keys, thread.getThreadIndex());
    }

    void setUp(int keys, int count) {
      draws = LogUniformClients.draws(keys, 0, count);
    }

    private String next() {
      return draws[next++ & (draws.length - 1)];
    }
  }

  /** Makes the contender, and all clients known to it. */
  @Setup
  public void setUp() {
    target = BenchmarkTarget.of(limiter, answer, keys);
  }

  /** One hit on the next client. */
  @Benchmark
  public boolean hit(Clients clients, AnswerVerifier answers) {
    return target.hit(clients.next(), answers);
  }
}

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
 * Hits on many known clients in the order of {@link LogUniformClients}. Ten million clients ({@code
 * -p keys=10000000}) need a heap of 12 GB for the largest contenders.
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
    Contenders.BUCKET4J_CAFFEINE,
    Contenders.BUCKET4J_MAP,
    Contenders.BUCKET4J_PROXY,
    Contenders.RESILIENCE4J,
    Contenders.GUAVA,
    Contenders.FAILSAFE,
    Contenders.CONCURRENT_HASH_MAP,
    Contenders.OPEN_ADDRESSING,
    Contenders.KEYED_OPEN_ADDRESSING
  })
  public String limiter;

  /** Whether hits are allowed or denied. */
  @Param({BenchmarkTarget.ALLOWED, BenchmarkTarget.DENIED})
  public String answer;

  /** The number of clients. */
  @Param({"1000", "100000", "1000000"})
  public int keys;

  private BenchmarkTarget target;

  /** The clients that one thread hits, drawn before the measurement. */
  @State(Scope.Thread)
  public static class Clients {

    private String[] draws = {};
    private int next;

    /** Draws other clients for each thread. */
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

  /** Creates the contender with all its clients. */
  @Setup
  public void setUp() {
    target = BenchmarkTarget.of(limiter, answer, keys);
  }

  /** Hits the next client. */
  @Benchmark
  public boolean hit(Clients clients, AnswerVerifier answers) {
    return target.hit(clients.next(), answers);
  }
}

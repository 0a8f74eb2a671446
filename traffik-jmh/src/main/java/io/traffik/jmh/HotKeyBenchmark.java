package io.traffik.jmh;

import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.workload.ClientIdentities;
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

/** All threads hit the bucket of one client. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@Threads(2)
public class HotKeyBenchmark {

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

  private BenchmarkTarget target;

  /** The identity in one thread: a string instance of its own. */
  @State(Scope.Thread)
  public static class Client {
    private final String identity = ClientIdentities.of(0);
  }

  /** Creates the contender with its client. */
  @Setup
  public void setUp() {
    target = BenchmarkTarget.of(limiter, answer, 1);
  }

  /** Hits the client. */
  @Benchmark
  public boolean hit(Client client, AnswerVerifier answers) {
    return target.hit(client.identity, answers);
  }
}

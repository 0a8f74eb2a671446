package io.traffik.jmh;

import io.traffik.jmh.contender.RedisContenders;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.ClientIdentities;
import io.traffik.jmh.workload.LogUniformClients;
import io.traffik.jmh.workload.RedisLimiter;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Decisions over Redis on the loopback interface, one after another in each thread. All are
 * allowed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@Threads(8)
public class RedisDecisionBenchmark {

  private static final int DRAWS = 1 << 16;

  /** The contender; a ping uses no client. */
  @Param({
    RedisContenders.TRAFFIK_LETTUCE,
    RedisContenders.TRAFFIK_JEDIS,
    RedisContenders.BUCKET4J_LETTUCE,
    RedisContenders.BUCKET4J_JEDIS,
    RedisContenders.REDISSON,
    RedisContenders.PING_LETTUCE,
    RedisContenders.PING_JEDIS,
    RedisContenders.SCRIPT_LETTUCE,
    RedisContenders.SCRIPT_JEDIS
  })
  public String limiter;

  /** The number of clients. */
  @Param({"1", "10000"})
  public int keys;

  private BenchmarkRedisServer server;
  private RedisLimiter contender;

  /** The clients that one thread hits, drawn before the measurement. */
  @State(Scope.Thread)
  public static class Clients {

    private String[] draws = {};
    private int next;

    /** Draws other clients for each thread. */
    @Setup
    public void setUp(RedisDecisionBenchmark benchmark, ThreadParams thread) {
      setUp(benchmark.keys, thread.getThreadIndex());
    }

    void setUp(int keys, int thread) {
      draws = LogUniformClients.draws(keys, thread, DRAWS);
    }

    private String next() {
      return draws[next++ & (draws.length - 1)];
    }
  }

  /** Starts the server, and creates the contender with all its clients. */
  @Setup
  public void setUp() {
    server = new BenchmarkRedisServer();
    contender = RedisContenders.create(limiter, server.uri(), BenchmarkLimit.ALWAYS_ALLOWED);
    for (int client = 0; client < keys; client++) {
      contender.hit(ClientIdentities.of(client));
    }
  }

  /** Closes the contender and the server. */
  @TearDown
  public void tearDown() {
    contender.close();
    server.close();
  }

  /** Hits the next client. */
  @Benchmark
  public boolean hit(Clients clients, AnswerVerifier answers) {
    boolean allowed = contender.hit(clients.next());
    if (!allowed) {
      answers.countUnexpected();
    }
    return allowed;
  }
}

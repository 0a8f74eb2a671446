package io.traffik.jmh;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.jmh.contender.RedisContenders;
import io.traffik.jmh.contender.TraffikLimiter;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.ClientIdentities;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Asynchronous decisions over Redis with 256 in flight, compared with the same command sent by
 * Lettuce alone.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@Threads(1)
public class RedisPipelineBenchmark {

  private static final int IN_FLIGHT = 256;
  private static final String CLIENT = ClientIdentities.of(0);

  private final QuotaPolicy policy = TraffikLimiter.policy(BenchmarkLimit.ALWAYS_ALLOWED);

  private BenchmarkRedisServer server;
  private Backend backend;
  private RedisClient client;
  private RedisAsyncCommands<String, String> commands;
  private String digest;
  private String[] keys;
  private String[] arguments;

  /** The calls of one thread that are in flight, oldest first. */
  @State(Scope.Thread)
  public static class InFlight {

    private final Queue<CompletableFuture<?>> pending = new ArrayDeque<>(IN_FLIGHT);

    /** Awaits the oldest call if 256 are in flight. */
    private Object add(CompletionStage<?> stage) {
      Object answer = pending.size() < IN_FLIGHT ? "" : pending.remove().join();
      pending.add(stage.toCompletableFuture());
      return answer;
    }
  }

  /** Starts the server, and captures the command that a decision sends. */
  @Setup
  public void setUp() {
    server = new BenchmarkRedisServer();
    backend = RedisContenders.lettuce(server.uri());
    backend.open();
    hit();
    CapturedEvalsha sent = CapturedEvalsha.capture(server.uri(), this::hit);
    digest = sent.digest();
    keys = sent.keys().toArray(new String[0]);
    arguments = sent.arguments().toArray(new String[0]);
    client = RedisClient.create(server.uri().toString());
    commands = client.connect(StringCodec.ASCII).async();
  }

  private boolean hit() {
    return backend.decideSingle(Operation.HIT, policy, CLIENT, TraffikLimiter.SCOPE, 1, 0) >= 0;
  }

  /** Closes the clients and the server. */
  @TearDown
  public void tearDown() {
    client.shutdown();
    backend.close();
    server.close();
  }

  /** Decides asynchronously. */
  @Benchmark
  public Object traffikLettuce(InFlight inFlight, AnswerVerifier answers) {
    Object answer =
        inFlight.add(
            backend.decideAsync(
                new BackendCall(Operation.HIT, policy, CLIENT, TraffikLimiter.SCOPE, 1)));
    if (answer instanceof long[] margins
        && !Arrays.stream(margins).allMatch(margin -> margin >= 0)) {
      answers.countUnexpected();
    }
    return answer;
  }

  /** Sends the same command. */
  @Benchmark
  public Object rawEvalsha(InFlight inFlight) {
    return inFlight.add(
        commands.<Object>evalsha(digest, ScriptOutputType.INTEGER, keys, arguments));
  }
}

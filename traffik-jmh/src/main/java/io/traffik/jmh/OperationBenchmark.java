package io.traffik.jmh;

import io.traffik.Decision;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.jmh.contender.TraffikLimiter;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.ClientIdentities;
import io.traffik.jmh.workload.FixedConnection;
import io.traffik.memory.InMemoryBackend;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * The operations of a throttle on the in-memory store, with every hit allowed. Run it with {@code
 * -prof gc} to see how many bytes each operation allocates.
 *
 * <p>All methods but one read a flag of the decision and drop the decision. {@link #hitKept}
 * returns it, as an adapter does that writes header fields from it later.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class OperationBenchmark {

  private static final int CLIENTS = 1_024;

  /** The number of rates of the throttle. */
  @Param({"1", "2"})
  public int rates;

  private final FixedConnection[] views = new FixedConnection[CLIENTS];
  private Throttle throttle;

  /** The position of one thread among the clients. */
  @State(Scope.Thread)
  public static class Caller {

    private int next;

    private FixedConnection next(FixedConnection[] views) {
      return views[next++ & (CLIENTS - 1)];
    }
  }

  /** Creates the throttle and takes a quarter of each client's tokens. */
  @Setup
  public void setUp() {
    Rate rate = TraffikLimiter.rate(BenchmarkLimit.ALWAYS_ALLOWED);
    long capacity = BenchmarkLimit.ALWAYS_ALLOWED.capacity();
    var builder = Throttle.builder("operations").rate(rate);
    if (rates == 2) {
      builder = builder.rate(rate.withCapacity(capacity / 2));
    }
    throttle = builder.backend(InMemoryBackend.create("benchmark")).build();
    for (int client = 0; client < CLIENTS; client++) {
      views[client] = new FixedConnection(ClientIdentities.address(client));
      throttle.hit(views[client], capacity / 4);
    }
  }

  private static boolean verify(boolean allowed, AnswerVerifier answers) {
    if (!allowed) {
      answers.countUnexpected();
    }
    return allowed;
  }

  /** Takes a token. */
  @Benchmark
  public boolean hit(Caller caller, AnswerVerifier answers) {
    return verify(throttle.hit(caller.next(views)).allowed(), answers);
  }

  /** Takes a token and returns the decision. */
  @Benchmark
  public Decision hitKept(Caller caller) {
    return throttle.hit(caller.next(views));
  }

  /** Asks for the decision without taking a token. */
  @Benchmark
  public boolean peek(Caller caller, AnswerVerifier answers) {
    return verify(throttle.peek(caller.next(views)).allowed(), answers);
  }

  /** Takes a token, or throws. */
  @Benchmark
  public boolean enforce(Caller caller, AnswerVerifier answers) {
    return verify(throttle.enforce(caller.next(views)).allowed(), answers);
  }

  /** Takes a token that the caller may refund. */
  @Benchmark
  public boolean charge(Caller caller, AnswerVerifier answers) {
    return verify(throttle.charge(caller.next(views)).decision().allowed(), answers);
  }

  /** Takes a token; the stage completes with the decision. */
  @Benchmark
  public boolean hitAsync(Caller caller, AnswerVerifier answers) {
    Decision decision = throttle.hitAsync(caller.next(views)).toCompletableFuture().join();
    return verify(decision.allowed(), answers);
  }

  /** Takes a token; the stage completes with the decision, or exceptionally on a denial. */
  @Benchmark
  public boolean enforceAsync(Caller caller, AnswerVerifier answers) {
    Decision decision = throttle.enforceAsync(caller.next(views)).toCompletableFuture().join();
    return verify(decision.allowed(), answers);
  }
}

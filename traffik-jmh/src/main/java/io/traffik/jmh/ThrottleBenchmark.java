package io.traffik.jmh;

import io.traffik.Backend;
import io.traffik.Operation;
import io.traffik.QuotaPolicy;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import java.time.Duration;
import java.util.List;
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
 * The whole way of a hit, from a connection to a decision, beside the bare decision of the backend.
 * Run with {@code -prof gc}: with one rate neither may allocate, whatever other backends are
 * loaded.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ThrottleBenchmark {

  /** So fast and so large that no benchmark empties it. */
  private static final Rate NEVER_DENIES =
      Rate.of(1_000_000, Duration.ofSeconds(1)).withCapacity(4_000_000_000_000_000L);

  private static final int CLIENTS = 1_024;

  /** Whether hits are granted or denied. */
  @Param({"allowed", "denied"})
  public String answer;

  /** How many classes of backend the throttle's call has met. */
  @Param({"1", "2"})
  public int backendClasses;

  private final FixedConnection[] views = new FixedConnection[CLIENTS];
  private Backend memory;
  private Throttle throttle;
  private Throttle twoRates;
  private QuotaPolicy policy;
  private int next;

  /** Makes the throttles, and lets a second class of backend be seen by the compiler. */
  @Setup
  public void setUp() {
    for (int i = 0; i < CLIENTS; i++) {
      views[i] = new FixedConnection("203.0.113." + (i & 0xff));
    }
    memory = InMemoryBackend.create("benchmark");
    Rate rate = answer.equals("allowed") ? NEVER_DENIES : Rate.perDay(1);
    policy = QuotaPolicy.of("bare", List.of(rate));
    throttle = Throttle.of("one").rate(rate).backend(memory).build();
    twoRates = Throttle.of("two").rate(rate).rate(NEVER_DENIES).backend(memory).build();
    if (backendClasses == 2) {
      Backend wrapped = new WrappedBackend(InMemoryBackend.create("wrapped"));
      Throttle other = Throttle.of("other").rate(rate).backend(wrapped).build();
      for (int i = 0; i < 100_000; i++) {
        other.hit(view());
        throttle.hit(view());
      }
    }
  }

  private FixedConnection view() {
    return views[next++ & (CLIENTS - 1)];
  }

  /** The backend alone. */
  @Benchmark
  public long bareDecision() {
    return memory.decideSingle(Operation.HIT, policy, view().peer(), "GET /users/{id}", 1);
  }

  /** From a connection to a decision, one rate. */
  @Benchmark
  public boolean oneRate() {
    return throttle.hit(view()).allowed();
  }

  /** From a connection to a decision, two rates decided together. */
  @Benchmark
  public boolean twoRates() {
    return twoRates.hit(view()).allowed();
  }
}

package io.traffik.jmh;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.ConnectionView;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.jmh.contender.TraffikLimiter;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.ClientIdentities;
import io.traffik.jmh.workload.FixedConnection;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A throttle's hit, from a connection to a decision, compared with the decision of the store alone;
 * with one rate, and with two rates that are decided together.
 *
 * <p>Run it with {@code -prof gc}. With one rate, neither may allocate.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class ThrottleBenchmark {

  private static final int CLIENTS = 1_024;

  private static final int OTHER_CLASS_HITS = 100_000;

  /** Whether hits are allowed or denied. */
  @Param({BenchmarkTarget.ALLOWED, BenchmarkTarget.DENIED})
  public String answer;

  /** The number of backend classes that the throttle's call has seen. */
  @Param({"1", "2"})
  public int backendClasses;

  private final FixedConnection[] views = new FixedConnection[CLIENTS];
  private Backend store;
  private Backend coarseClockStore;
  private QuotaPolicy onePolicy;
  private QuotaPolicy twoPolicy;
  private Throttle oneThrottle;
  private Throttle twoThrottle;
  private boolean allows;

  /** The position of one thread among the clients, and its array for the margins of two rates. */
  @State(Scope.Thread)
  public static class Caller {

    private final long[] margins = new long[2];
    private int next;

    private FixedConnection next(FixedConnection[] views) {
      return views[next++ & (CLIENTS - 1)];
    }
  }

  /** Creates the throttles and takes a quarter of each client's tokens, or the only token. */
  @Setup
  public void setUp() {
    for (int client = 0; client < CLIENTS; client++) {
      views[client] = new FixedConnection(ClientIdentities.address(client));
    }
    allows = answer.equals(BenchmarkTarget.ALLOWED);
    Rate rate =
        TraffikLimiter.rate(allows ? BenchmarkLimit.ALWAYS_ALLOWED : BenchmarkLimit.ALLOWED_ONCE);
    Rate second =
        TraffikLimiter.rate(BenchmarkLimit.ALWAYS_ALLOWED)
            .withCapacity(BenchmarkLimit.ALWAYS_ALLOWED.capacity() / 2);
    store = InMemoryBackend.create("benchmark");
    coarseClockStore = InMemoryBackend.builder("coarse").coarseClock(Duration.ofMillis(1)).build();
    onePolicy = QuotaPolicy.of("storeOne", List.of(rate));
    twoPolicy = QuotaPolicy.of("storeTwo", List.of(rate, second));
    oneThrottle = Throttle.builder("one").rate(rate).backend(store).build();
    twoThrottle = Throttle.builder("two").rate(rate).rate(second).backend(store).build();
    if (backendClasses == 2) {
      hitAnotherClassOfBackend(rate, second);
    }
    long cost = allows ? BenchmarkLimit.ALWAYS_ALLOWED.capacity() / 4 : 1;
    for (FixedConnection view : views) {
      store.decide(
          new BackendCall(
              Operation.HIT, onePolicy, view.remoteAddress(), TraffikLimiter.SCOPE, cost));
      coarseClockStore.decide(
          new BackendCall(
              Operation.HIT, onePolicy, view.remoteAddress(), TraffikLimiter.SCOPE, cost));
      store.decide(
          new BackendCall(
              Operation.HIT, twoPolicy, view.remoteAddress(), TraffikLimiter.SCOPE, cost));
      oneThrottle.hit(view, cost);
      twoThrottle.hit(view, cost);
    }
  }

  private void hitAnotherClassOfBackend(Rate rate, Rate second) {
    Backend wrapped = new SecondBackendClass(InMemoryBackend.create("wrapped"));
    Throttle otherOne = Throttle.builder("one").rate(rate).backend(wrapped).build();
    Throttle otherTwo = Throttle.builder("two").rate(rate).rate(second).backend(wrapped).build();
    for (int i = 0; i < OTHER_CLASS_HITS; i++) {
      ConnectionView view = views[i & (CLIENTS - 1)];
      otherOne.hit(view);
      otherTwo.hit(view);
      oneThrottle.hit(view);
      twoThrottle.hit(view);
    }
  }

  private boolean verify(boolean allowed, AnswerVerifier answers) {
    if (allowed != allows) {
      answers.countUnexpected();
    }
    return allowed;
  }

  /** Decides by the store alone, with one rate. */
  @Benchmark
  public boolean storeOneRate(Caller caller, AnswerVerifier answers) {
    String remoteAddress = caller.next(views).remoteAddress();
    return verify(
        store.decideSingle(Operation.HIT, onePolicy, remoteAddress, TraffikLimiter.SCOPE, 1, 0)
            >= 0,
        answers);
  }

  /** Decides by the store alone, with one rate and a clock that ticks every millisecond. */
  @Benchmark
  public boolean storeOneRateCoarseClock(Caller caller, AnswerVerifier answers) {
    String remoteAddress = caller.next(views).remoteAddress();
    return verify(
        coarseClockStore.decideSingle(
                Operation.HIT, onePolicy, remoteAddress, TraffikLimiter.SCOPE, 1, 0)
            >= 0,
        answers);
  }

  /** Stops the thread of the coarse clock. */
  @TearDown
  public void tearDown() {
    coarseClockStore.close();
  }

  /** Decides by the store alone, with two rates and an array that the caller reuses. */
  @Benchmark
  public boolean storeTwoRates(Caller caller, AnswerVerifier answers) {
    String remoteAddress = caller.next(views).remoteAddress();
    long[] margins = caller.margins;
    store.decideInto(Operation.HIT, twoPolicy, remoteAddress, TraffikLimiter.SCOPE, 1, 0, margins);
    return verify(margins[0] >= 0 && margins[1] >= 0, answers);
  }

  /** Decides from a connection, with one rate. */
  @Benchmark
  public boolean throttleOneRate(Caller caller, AnswerVerifier answers) {
    return verify(oneThrottle.hit(caller.next(views)).allowed(), answers);
  }

  /** Decides from a connection, with two rates. */
  @Benchmark
  public boolean throttleTwoRates(Caller caller, AnswerVerifier answers) {
    return verify(twoThrottle.hit(caller.next(views)).allowed(), answers);
  }
}

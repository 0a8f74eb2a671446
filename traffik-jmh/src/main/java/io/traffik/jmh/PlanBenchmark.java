package io.traffik.jmh;

import io.traffik.Identity;
import io.traffik.Rate;
import io.traffik.Rates;
import io.traffik.Throttle;
import io.traffik.ThrottleBuilder;
import io.traffik.ThrottleRegistry;
import io.traffik.jmh.contender.TraffikLimiter;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.ClientIdentities;
import io.traffik.jmh.workload.LogUniformClients;
import io.traffik.jmh.workload.PlanConnection;
import io.traffik.memory.InMemoryBackend;
import java.util.Arrays;
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
 * A hit whose rates a function chooses, compared with fixed rates and with a throttle of a
 * registry. All have the same tenants in the order of {@link LogUniformClients}.
 *
 * <p>Run it with {@code -prof gc}. None may allocate.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class PlanBenchmark {

  private static final int TENANTS = 100_000;

  /** The number of plans that the tenants have. */
  @Param({"3", "1000"})
  public int plans;

  private final PlanConnection[] draws = new PlanConnection[LogUniformClients.DRAWS];
  private Throttle fixed;
  private Throttle registered;
  private Throttle chosen;

  /** The position of one thread among the draws. */
  @State(Scope.Thread)
  public static class Caller {

    private int next;

    private PlanConnection next(PlanConnection[] draws) {
      return draws[next++ & (draws.length - 1)];
    }
  }

  /** Creates the throttles and takes a quarter of each tenant's tokens. */
  @Setup
  public void setUp() {
    Rate rate = TraffikLimiter.rate(BenchmarkLimit.ALWAYS_ALLOWED);
    Rates[] ratesOfPlans = new Rates[plans];
    for (int plan = 0; plan < plans; plan++) {
      ratesOfPlans[plan] = Rates.of(List.of(rate.withCapacity(rate.capacity() - plan)));
    }
    fixed = build(Throttle.builder("api").rate(rate).backend(InMemoryBackend.create("fixed")));
    registered =
        build(ThrottleRegistry.of(InMemoryBackend.create("registered")).throttle("api").rate(rate));
    chosen =
        build(
            Throttle.builder("api")
                .rates(view -> ratesOfPlans[((PlanConnection) view).plan()])
                .backend(InMemoryBackend.create("chosen")));
    PlanConnection[] tenants = new PlanConnection[TENANTS];
    for (int tenant = 0; tenant < TENANTS; tenant++) {
      tenants[tenant] =
          new PlanConnection(Identity.of(ClientIdentities.of(tenant)), tenant % plans);
      for (Throttle throttle : List.of(fixed, registered, chosen)) {
        throttle.hit(tenants[tenant], rate.capacity() / 4);
      }
    }
    int[] numbers = LogUniformClients.numbers(TENANTS, 1, LogUniformClients.DRAWS).toArray();
    Arrays.setAll(draws, i -> tenants[numbers[i]]);
  }

  private static Throttle build(ThrottleBuilder builder) {
    return builder.identifier(view -> ((PlanConnection) view).tenant()).build();
  }

  private static boolean hit(Throttle throttle, PlanConnection view, AnswerVerifier answers) {
    boolean allowed = throttle.hit(view).allowed();
    if (!allowed) {
      answers.countUnexpected();
    }
    return allowed;
  }

  /** Decides with the same rates for all tenants. */
  @Benchmark
  public boolean fixedRates(Caller caller, AnswerVerifier answers) {
    return hit(fixed, caller.next(draws), answers);
  }

  /** Decides with the same rates for all tenants, by a throttle of a registry. */
  @Benchmark
  public boolean registryThrottle(Caller caller, AnswerVerifier answers) {
    return hit(registered, caller.next(draws), answers);
  }

  /** Decides with the rates of each tenant's plan. */
  @Benchmark
  public boolean ratesByPlan(Caller caller, AnswerVerifier answers) {
    return hit(chosen, caller.next(draws), answers);
  }
}

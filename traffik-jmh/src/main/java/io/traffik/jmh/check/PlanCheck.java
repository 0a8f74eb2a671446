package io.traffik.jmh.check;

import io.traffik.jmh.AnswerVerifier;
import io.traffik.jmh.PlanBenchmark;
import java.util.Locale;

/**
 * Measures the methods of {@link PlanBenchmark} alternately within one process, because the speed
 * of the machine drifts between the processes of a benchmark.
 *
 * <pre>
 * java -Xms2g -Xmx2g -cp benchmarks.jar io.traffik.jmh.check.PlanCheck
 * </pre>
 */
public final class PlanCheck {

  private static final int ROUNDS = 41;
  private static final int HITS = 1 << 18;

  private static final AnswerVerifier ANSWERS = new AnswerVerifier();

  /**
   * Results of the check.
   *
   * @param fixed nanoseconds per hit with fixed rates
   * @param byPlan nanoseconds that a hit takes beyond that if a function chooses its rates
   * @param registered the same for a hit with fixed rates on a throttle of a registry
   */
  public record Result(double fixed, double byPlan, double registered) {}

  /** A benchmark method. */
  private interface Hit {
    boolean hit(PlanBenchmark.Caller caller, AnswerVerifier answers);
  }

  private PlanCheck() {}

  /** Runs the check with few and with many plans, and prints the results. */
  public static void main(String[] arguments) {
    for (int plans : new int[] {3, 1_000}) {
      Result result = measure(plans, ROUNDS, HITS);
      System.out.printf(
          Locale.ROOT,
          "%d plans: fixed rates %.1f ns per hit, by plan %+.1f ns, registry %+.1f ns%n",
          plans,
          result.fixed,
          result.byPlan,
          result.registered);
    }
  }

  /** Measures with a number of plans. */
  public static Result measure(int plans, int rounds, int hits) {
    PlanBenchmark benchmark = new PlanBenchmark();
    benchmark.plans = plans;
    benchmark.setUp();
    double fixed =
        InterleavedCheck.median(
            rounds,
            () -> nanos(hits, benchmark::fixedRates),
            () -> nanos(hits, benchmark::fixedRates),
            (one, other) -> (one + other) / 2);
    return new Result(
        fixed,
        beyondFixed(benchmark, rounds, hits, benchmark::ratesByPlan),
        beyondFixed(benchmark, rounds, hits, benchmark::registryThrottle));
  }

  private static double beyondFixed(PlanBenchmark benchmark, int rounds, int hits, Hit hit) {
    return InterleavedCheck.median(
        rounds,
        () -> nanos(hits, hit),
        () -> nanos(hits, benchmark::fixedRates),
        (other, fixed) -> other - fixed);
  }

  private static double nanos(int hits, Hit hit) {
    PlanBenchmark.Caller caller = new PlanBenchmark.Caller();
    long start = System.nanoTime();
    for (int i = 0; i < hits; i++) {
      hit.hit(caller, ANSWERS);
    }
    double nanos = (double) (System.nanoTime() - start) / hits;
    ANSWERS.requireNoneUnexpected();
    return nanos;
  }
}

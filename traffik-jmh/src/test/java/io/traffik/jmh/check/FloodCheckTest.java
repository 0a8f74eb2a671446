package io.traffik.jmh.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The flood check passes a correct store and finds the faults of incorrect ones. */
class FloodCheckTest {

  private static final int BOUND = 4_000;
  private static final int HITS = 40_000;
  private static final CallLatencies SHORT = new CallLatencies(1, 1, 1, 1, 1, 1, 0, 0, 0);

  private static FloodResult flooded(Limiter limiter) throws Exception {
    return flooded(() -> limiter);
  }

  private static FloodResult flooded(Supplier<Limiter> limiters) throws Exception {
    return new FloodCheck(limiters, BOUND, HITS).run();
  }

  /** Keeps the answers and counts; durations depend on the machine. */
  private static FloodResult withoutTimes(FloodResult result) {
    return new FloodResult(
        result.clients(),
        result.bound(),
        1,
        1,
        result.probes(),
        result.wronglyAllowed(),
        result.wronglyDenied(),
        result.failures(),
        result.boundViolations(),
        SHORT);
  }

  @Test
  void m3_aStoreThatKeepsItsThrottledClientsPasses() throws Exception {
    FloodResult result =
        flooded(
            () ->
                Contenders.create(
                    Contenders.TRAFFIK, BenchmarkLimit.HUNDRED_PER_DAY, BOUND, BOUND));
    assertThat(withoutTimes(result).faults()).isEmpty();
    assertThat(result.probes()).isEqualTo((2 * HITS + HITS / FloodCheck.ROUNDS) / 1_000);
    assertThat(result.latencies().longest()).isPositive();
  }

  @Test
  void m3_aStoreThatClearsItselfAtItsBoundIsFound() throws Exception {
    Map<String, Integer> taken = new HashMap<>();
    Limiter forgetful =
        limiter(
            identity -> {
              if (taken.size() >= BOUND) {
                taken.clear();
              }
              return taken.merge(identity, 1, Integer::sum)
                  <= BenchmarkLimit.HUNDRED_PER_DAY.capacity();
            });
    assertThat(flooded(forgetful).faults())
        .anyMatch(fault -> fault.endsWith(" hits of throttled clients were allowed"));
  }

  @Test
  void m1_aStoreWithoutABoundIsFound() throws Exception {
    Limiter unbounded =
        Contenders.create(Contenders.CONCURRENT_HASH_MAP, BenchmarkLimit.HUNDRED_PER_DAY, BOUND);
    assertThat(flooded(unbounded).faults())
        .anyMatch(fault -> fault.endsWith(" counts exceeded the bound"));
  }

  @Test
  void m3_aStoreThatDeniesOrFailsIsFound() throws Exception {
    assertThat(withoutTimes(flooded(limiter(identity -> false))).faults())
        .singleElement()
        .asString()
        .endsWith(" new clients were denied");
    Limiter failing =
        limiter(
            identity -> {
              if (identity.startsWith("key_7")) {
                throw new IllegalStateException("full");
              }
              return !identity.startsWith("throttled");
            });
    assertThat(withoutTimes(flooded(failing)).faults())
        .singleElement()
        .asString()
        .endsWith(" hits failed");
  }

  @Test
  void aCallThatComputesTooLongIsFound() {
    CallLatencies slow = new CallLatencies(1, 1, 1, 9_000_000, 8_000_000, 1_234_567, 0, 0, 0);
    assertThat(new FloodResult(1, 1, 1, 1, 1, 0, 0, 0, 0, slow).faults())
        .containsExactly("a call took 1234 µs of processor time");
    assertThat(new FloodResult(1, 1, 1, 1, 0, 0, 0, 0, 0, SHORT).faults())
        .containsExactly("no throttled client was probed");
  }

  private static Limiter limiter(Predicate<String> hit) {
    return new Limiter() {
      @Override
      public synchronized boolean hit(String identity) {
        return hit.test(identity);
      }

      @Override
      public void consumeHalf(String identity) {
        hit(identity);
      }

      @Override
      public long size() {
        return 0;
      }
    };
  }
}

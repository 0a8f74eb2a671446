package io.traffik.jmh.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.jmh.BenchmarkTarget;
import io.traffik.jmh.check.FloodResult;
import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.contender.RedisContenders;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report shows the results and evaluates the targets. */
class ReportTest {

  @TempDir Path results;
  @TempDir Path docs;

  private SimulatedRun run;

  @BeforeEach
  void setUp() {
    run = new SimulatedRun(results, docs);
  }

  @Test
  void targetsUseTheMedianOfTheForks() throws Exception {
    run.measure(
        BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 60, 1_000, 50);
    run.measure(BenchmarkCase.hot(Contenders.OPEN_ADDRESSING, 2, BenchmarkTarget.ALLOWED), 0, 50);
    run.measure(
        BenchmarkCase.hot(Contenders.BUCKET4J_CAFFEINE, 2, BenchmarkTarget.ALLOWED), 64, 150);
    run.measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.DENIED), 0, 59);
    String text = run.report(false);
    assertThat(
            SimulatedRun.line(text, "| one hot key: at most 1.25 times `openAddressingBaseline`"))
        .endsWith("| 1.20 × | met |");
    assertThat(SimulatedRun.line(text, "| one hot key: at least 3 times as fast"))
        .endsWith("| 2.50 × | **not met** |");
    assertThat(SimulatedRun.line(text, "| one hot key: denied not slower"))
        .endsWith("| 0.98 × | met |");
    assertThat(SimulatedRun.line(text, "| 100 000 clients: at most 1.3"))
        .endsWith("| – | not measured |");
    assertThat(text).contains("60.0 (50.0–1000)");
  }

  /** By round the ratios are 2, 3 and 0.5; the ratio of the medians 100 and 150 is 1.5. */
  @Test
  void casesOfTheSameRoundsAreComparedByRound() throws Exception {
    run.measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 100, 50, 300);
    run.measure(
        BenchmarkCase.hot(Contenders.BUCKET4J_CAFFEINE, 2, BenchmarkTarget.ALLOWED),
        64,
        200,
        150,
        150);
    assertThat(SimulatedRun.line(run.report(false), "| one hot key: at least 3 times as fast"))
        .endsWith("| 2.00 × | **not met** |");
  }

  /**
   * In its round Guava takes twice Traffik's time; it equals the median of Traffik's rounds, 200.
   */
  @Test
  void aCaseThatOnlyTheFirstRoundMeasuredIsComparedWithThatRound() throws Exception {
    run.measure(
        BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 100, 200, 300);
    run.measure(BenchmarkCase.hot(Contenders.GUAVA, 2, BenchmarkTarget.ALLOWED), 0, 200);
    assertThat(SimulatedRun.line(run.report(false), "| `guava` |")).isEqualTo("| `guava` | 2.00 |");
  }

  /** A call that waits 21 ms for a lock misses the target of 20 ms; one of 2 ms meets it. */
  @Test
  void aPauseCountsIfTheCallComputesOrWaitsForALock() throws Exception {
    run.write(
        BenchmarkResults.FLOOD, new FloodResult(10, 1, 1, 1, 1, 0, 0, 0, 0, SimulatedRun.LONG));
    run.measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 60);
    String text = run.report(false);
    assertThat(SimulatedRun.line(text, "| flood: no pause above 20 ms"))
        .endsWith("| 21.00 ms | **not met** |");
    assertThat(SimulatedRun.line(text, "| flood: no call takes"))
        .endsWith("| 2.00 ms | **not met** |");
    assertThat(SimulatedRun.line(text, "| flood of 10 000 000")).endsWith("| none | met |");
  }

  @Test
  void aTargetIsShownWithEnoughDigitsForItsVerdict() {
    assertThat(PerformanceTarget.atLeast("", OptionalDouble.of(0.4996), 0.5, " ×").measured())
        .isEqualTo("0.4996 ×");
    assertThat(PerformanceTarget.atMost("", OptionalDouble.of(1.304), 1.3, "").measured())
        .isEqualTo("1.304");
    assertThat(PerformanceTarget.atMost("", OptionalDouble.of(1.25), 1.3, "").measured())
        .isEqualTo("1.25");
  }

  @Test
  void revisionAndDayAreStated() throws Exception {
    run.measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 60);
    assertThat(run.report(false)).contains("Revision abc1234, 2026-01-31.");
  }

  /**
   * By round the differences are 30, 20 and 900; the difference of the medians 130 and 70 is 60.
   */
  @Test
  void theThrottleIsComparedWithTheStoreByRound() throws Exception {
    for (int classes = 1; classes <= 2; classes++) {
      run.measure(
          BenchmarkCase.throttle("storeOneRate", BenchmarkTarget.ALLOWED, classes), 0, 100, 50, 70);
      run.measure(
          BenchmarkCase.throttle("throttleOneRate", BenchmarkTarget.ALLOWED, classes),
          0,
          130,
          70,
          970);
    }
    assertThat(SimulatedRun.line(run.report(false), "| throttle, allowed"))
        .endsWith("| 30.00 ns | met |");
  }

  @Test
  void everyTargetCanBeMissed() throws Exception {
    for (PerformanceTarget target : PerformanceTargets.of(BenchmarkResults.read(results))) {
      assertThat(target.verdict()).isEqualTo(PerformanceTarget.Verdict.NOT_MEASURED);
    }
    run.measureAll(1_000, 100);
    run.report(false);
    assertThat(PerformanceTargets.of(BenchmarkResults.read(results)))
        .allMatch(target -> target.verdict() == PerformanceTarget.Verdict.NOT_MET)
        .hasSize(45);
  }

  @Test
  void everyTargetCanBeMet() throws Exception {
    run.measureAll(10, 0);
    run.report(false);
    assertThat(PerformanceTargets.of(BenchmarkResults.read(results)))
        .allMatch(target -> target.verdict() == PerformanceTarget.Verdict.MET)
        .hasSize(45);
  }

  /** Eight threads that need 100,000 ns per decision make 80,000 decisions per second. */
  @Test
  void decisionsOverRedisAreShownPerSecond() throws Exception {
    run.measure(
        BenchmarkCase.redis(RedisContenders.TRAFFIK_LETTUCE, 8, RedisPerformanceTargets.HOT),
        0,
        100_000);
    run.measure(
        BenchmarkCase.redis(RedisContenders.PING_LETTUCE, 8, RedisPerformanceTargets.HOT),
        0,
        90_000);
    run.measure(
        BenchmarkCase.redis(RedisContenders.REDISSON, 8, RedisPerformanceTargets.MANY),
        0,
        1_000_000);
    run.measure(BenchmarkCase.pipeline(RedisSection.RAW), 0, 5_000);
    String text = run.report(false);
    assertThat(SimulatedRun.line(text, "| **`traffikLettuce`** |"))
        .isEqualTo("| **`traffikLettuce`** | – | 80.0 (0.90) | – | – |");
    assertThat(SimulatedRun.line(text, "| `pingLettuce` | –"))
        .isEqualTo("| `pingLettuce` | – | 88.9 | – | – |");
    assertThat(SimulatedRun.line(text, "| `redisson` | –"))
        .isEqualTo("| `redisson` | – | – | – | 8.0 |");
    assertThat(SimulatedRun.line(text, "| the same `EVALSHA`")).endsWith("| 200.0 |");
    assertThat(SimulatedRun.line(text, "| Redis, 8 threads: `traffikLettuce`"))
        .endsWith("| 0.90 × | met |");
    assertThat(SimulatedRun.line(text, "| Redis, 256 in flight")).endsWith("| – | not measured |");
  }

  @Test
  void withoutResultsOverRedisItsSectionIsOmitted() throws Exception {
    run.measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 60);
    assertThat(run.report(false)).doesNotContain("### Redis");
  }

  @Test
  void wrongArgumentsAreRejected() {
    assertThatThrownBy(() -> Report.main(new String[] {"results"}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Expected two directories, results and docs, but got: results");
  }
}

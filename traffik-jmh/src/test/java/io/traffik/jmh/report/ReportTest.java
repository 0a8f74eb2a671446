package io.traffik.jmh.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.traffik.jmh.BenchmarkTarget;
import io.traffik.jmh.check.CallLatencies;
import io.traffik.jmh.check.FloodResult;
import io.traffik.jmh.check.InterleavedCheck;
import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.contender.RedisContenders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report shows the results and evaluates the targets. */
class ReportTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final CallLatencies SHORT =
      new CallLatencies(100, 200, 300, 9_000, 8_000, 7_000, 0, 1, 1);
  private static final CallLatencies LONG =
      new CallLatencies(100, 200, 300, 90_000_000, 80_000_000, 2_000_000, 21_000_000, 1, 1);

  @TempDir Path results;
  @TempDir Path docs;

  private final List<Map<String, Object>> measured = new ArrayList<>();

  private void measure(BenchmarkCase of, double bytes, double... nanosPerFork) {
    measured.add(
        Map.of(
            "benchmark",
            "io.traffik.jmh." + of.benchmark() + "." + of.method(),
            "threads",
            of.threads(),
            "params",
            of.params(),
            "jdkVersion",
            "17.0.15",
            "vmName",
            "A VM",
            "vmVersion",
            "17.0.15+6",
            "primaryMetric",
            Map.of("rawData", forks(nanosPerFork)),
            "secondaryMetrics",
            Map.of("gc.alloc.rate.norm", Map.of("rawData", forks(bytes)))));
  }

  private static List<double[]> forks(double... means) {
    // Two iterations around each mean.
    return Arrays.stream(means).mapToObj(m -> new double[] {m - 1, m + 1}).toList();
  }

  private String report(boolean quick) throws Exception {
    JSON.writeValue(results.resolve("1-all.json").toFile(), measured);
    Files.writeString(
        results.resolve(RunMetadata.NOTES),
        "command=./bench\nquick=" + quick + "\nrounds=3\nrevision=abc1234\nday=2026-01-31\n");
    Files.writeString(
        results.resolve(RunMetadata.STEPS), "java -jar benchmarks.jar HotKeyBenchmark\n");
    Report.write(results, docs, "A machine, 2 processors");
    return Files.readString(docs.resolve("benchmarks.md"));
  }

  private static String line(String text, String beginning) {
    return text.lines().filter(line -> line.startsWith(beginning)).findFirst().orElseThrow();
  }

  @Test
  void targetsUseTheMedianOfTheForks() throws Exception {
    measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 60, 1_000, 50);
    measure(BenchmarkCase.hot(Contenders.OPEN_ADDRESSING, 2, BenchmarkTarget.ALLOWED), 0, 50);
    measure(BenchmarkCase.hot(Contenders.BUCKET4J_CAFFEINE, 2, BenchmarkTarget.ALLOWED), 64, 150);
    measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.DENIED), 0, 59);
    String text = report(false);
    assertThat(line(text, "| one hot key: at most 1.25 times `openAddressingBaseline`"))
        .endsWith("| 1.20 × | met |");
    assertThat(line(text, "| one hot key: at least 3 times as fast"))
        .endsWith("| 2.50 × | **not met** |");
    assertThat(line(text, "| one hot key: denied not slower")).endsWith("| 0.98 × | met |");
    assertThat(line(text, "| 100 000 clients: at most 1.3")).endsWith("| – | not measured |");
    assertThat(text).contains("60.0 (50.0–1000)");
  }

  /** By round the ratios are 2, 3 and 0.5; the ratio of the medians 100 and 150 is 1.5. */
  @Test
  void casesOfTheSameRoundsAreComparedByRound() throws Exception {
    measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 100, 50, 300);
    measure(
        BenchmarkCase.hot(Contenders.BUCKET4J_CAFFEINE, 2, BenchmarkTarget.ALLOWED),
        64,
        200,
        150,
        150);
    assertThat(line(report(false), "| one hot key: at least 3 times as fast"))
        .endsWith("| 2.00 × | **not met** |");
  }

  /**
   * In its round Guava takes twice Traffik's time; it equals the median of Traffik's rounds, 200.
   */
  @Test
  void aCaseOfTheFirstRoundAloneIsComparedWithThatRound() throws Exception {
    measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 100, 200, 300);
    measure(BenchmarkCase.hot(Contenders.GUAVA, 2, BenchmarkTarget.ALLOWED), 0, 200);
    assertThat(line(report(false), "| `guava` |")).isEqualTo("| `guava` | 2.00 |");
  }

  /** A call that waits 21 ms for a lock misses the target of 20 ms; one of 2 ms meets it. */
  @Test
  void aPauseIsTheStoresIfACallComputesOrWaitsForItsLocks() throws Exception {
    JSON.writeValue(
        results.resolve(BenchmarkResults.FLOOD).toFile(),
        new FloodResult(10, 1, 1, 1, 1, 0, 0, 0, 0, LONG));
    measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 60);
    String text = report(false);
    assertThat(line(text, "| flood: no pause above 20 ms")).endsWith("| 21.00 ms | **not met** |");
    assertThat(line(text, "| flood: no call takes")).endsWith("| 2.00 ms | **not met** |");
    assertThat(line(text, "| flood of 10 000 000")).endsWith("| none | met |");
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
    measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 60);
    assertThat(report(false)).contains("Revision abc1234, 2026-01-31.");
  }

  /**
   * By round the differences are 30, 20 and 900; the difference of the medians 130 and 70 is 60.
   */
  @Test
  void theThrottleIsComparedWithTheStoreByRound() throws Exception {
    for (int classes = 1; classes <= 2; classes++) {
      measure(
          BenchmarkCase.throttle("storeOneRate", BenchmarkTarget.ALLOWED, classes), 0, 100, 50, 70);
      measure(
          BenchmarkCase.throttle("throttleOneRate", BenchmarkTarget.ALLOWED, classes),
          0,
          130,
          70,
          970);
    }
    assertThat(line(report(false), "| throttle, allowed")).endsWith("| 30.00 ns | met |");
  }

  @Test
  void everyTargetCanBeMissed() throws Exception {
    for (PerformanceTarget target : PerformanceTargets.of(BenchmarkResults.read(results))) {
      assertThat(target.verdict()).isEqualTo(PerformanceTarget.Verdict.NOT_MEASURED);
    }
    measureAll(1_000, 100);
    report(false);
    assertThat(PerformanceTargets.of(BenchmarkResults.read(results)))
        .allMatch(target -> target.verdict() == PerformanceTarget.Verdict.NOT_MET)
        .hasSize(41);
  }

  @Test
  void everyTargetCanBeMet() throws Exception {
    measureAll(10, 0);
    report(false);
    assertThat(PerformanceTargets.of(BenchmarkResults.read(results)))
        .allMatch(target -> target.verdict() == PerformanceTarget.Verdict.MET)
        .hasSize(41);
  }

  /**
   * Records the given time for Traffik, and 100 ns for all others. Denied hits and throttles take
   * longer if the targets are to be missed.
   */
  private void measureAll(double traffik, double bytes) throws Exception {
    double more = bytes > 0 ? 2 * traffik : traffik;
    for (String contender : Contenders.ALL) {
      boolean own = contender.equals(Contenders.TRAFFIK);
      measure(BenchmarkCase.hot(contender, 2, BenchmarkTarget.ALLOWED), bytes, own ? traffik : 100);
      measure(BenchmarkCase.hot(contender, 2, BenchmarkTarget.DENIED), bytes, own ? more : 100);
      for (int keys : List.of(100_000, 1_000_000)) {
        measure(
            BenchmarkCase.keyed(contender, keys, BenchmarkTarget.ALLOWED),
            bytes,
            own ? traffik : 100);
        measure(
            BenchmarkCase.keyed(contender, keys, BenchmarkTarget.DENIED), bytes, own ? more : 100);
      }
    }
    for (int classes = 1; classes <= 2; classes++) {
      for (String answer : List.of(BenchmarkTarget.ALLOWED, BenchmarkTarget.DENIED)) {
        for (String rates : List.of("OneRate", "TwoRates")) {
          measure(BenchmarkCase.throttle("store" + rates, answer, classes), bytes, traffik);
          measure(BenchmarkCase.throttle("throttle" + rates, answer, classes), bytes, more + 1);
        }
      }
    }
    for (String contender : RedisContenders.ALL) {
      boolean own = RedisPerformanceTargets.PINGS.containsKey(contender);
      for (int threads : RedisPerformanceTargets.THREADS) {
        measure(
            BenchmarkCase.redis(contender, threads, RedisPerformanceTargets.HOT),
            bytes,
            own ? traffik : 100);
      }
    }
    measure(BenchmarkCase.pipeline(RedisSection.DECISION), bytes, traffik);
    measure(BenchmarkCase.pipeline(RedisSection.RAW), bytes, 100);
    JSON.writeValue(
        results.resolve(BenchmarkResults.FOOTPRINT).toFile(),
        Map.of("clients", 1_000_000, "bytesPerClient", Map.of(Contenders.TRAFFIK, 40 + bytes)));
    JSON.writeValue(
        results.resolve(BenchmarkResults.FLOOD).toFile(),
        bytes > 0
            ? new FloodResult(10, 1, 1, 3, 1, 1, 0, 0, 0, LONG)
            : new FloodResult(10, 1, 1, 1, 1, 0, 0, 0, 0, SHORT));
    double off = bytes > 0 ? 2 : 1;
    JSON.writeValue(
        results.resolve(BenchmarkResults.INTERLEAVED).toFile(),
        new InterleavedCheck.Result(more - traffik, more - traffik, off, off));
    Map<String, Double> ratio = Map.of("ratio", 100 / traffik);
    JSON.writeValue(
        results.resolve(BenchmarkResults.SOCKETS).toFile(),
        Map.of("Javalin", ratio, "Java-WebSocket", ratio));
  }

  /** Eight threads that need 100,000 ns per decision make 80,000 decisions per second. */
  @Test
  void decisionsOverRedisAreShownPerSecond() throws Exception {
    measure(
        BenchmarkCase.redis(RedisContenders.TRAFFIK_LETTUCE, 8, RedisPerformanceTargets.HOT),
        0,
        100_000);
    measure(
        BenchmarkCase.redis(RedisContenders.PING_LETTUCE, 8, RedisPerformanceTargets.HOT),
        0,
        90_000);
    measure(
        BenchmarkCase.redis(RedisContenders.REDISSON, 8, RedisPerformanceTargets.MANY),
        0,
        1_000_000);
    measure(BenchmarkCase.pipeline(RedisSection.RAW), 0, 5_000);
    String text = report(false);
    assertThat(line(text, "| **`traffikLettuce`** |"))
        .isEqualTo("| **`traffikLettuce`** | – | 80.0 (0.90) | – | – |");
    assertThat(line(text, "| `pingLettuce` | –")).isEqualTo("| `pingLettuce` | – | 88.9 | – | – |");
    assertThat(line(text, "| `redisson` | –")).isEqualTo("| `redisson` | – | – | – | 8.0 |");
    assertThat(line(text, "| the same `EVALSHA`")).endsWith("| 200.0 |");
    assertThat(line(text, "| Redis, 8 threads: `traffikLettuce`")).endsWith("| 0.90 × | met |");
    assertThat(line(text, "| Redis, 256 in flight")).endsWith("| – | not measured |");
  }

  @Test
  void withoutResultsOverRedisItsSectionIsOmitted() throws Exception {
    measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 60);
    assertThat(report(false)).doesNotContain("### Redis");
  }

  @Test
  void newFiguresReplaceThoseOfTheirJdkOnly() throws Exception {
    measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 60);
    String first = report(true);
    assertThat(first).contains("## JDK 17").contains("A quick run");
    String withJdk25 = first + "\n" + first.replace("JDK 17", "JDK 25");
    Files.writeString(docs.resolve("benchmarks.md"), BenchmarkDocument.of(withJdk25).toString());
    String second = report(false);
    assertThat(second).containsOnlyOnce("\n## JDK 17\n").containsOnlyOnce("\n## JDK 25\n");
    assertThat(second).containsOnlyOnce("A quick run").contains("Versions: Bucket4j 8.");
    assertThat(second.indexOf("## JDK 17")).isLessThan(second.indexOf("## JDK 25"));
    assertThat(second.indexOf("## JDK 25")).isLessThan(second.indexOf("### Targets on JDK 17"));
    assertThat(BenchmarkDocument.of(second).toString()).isEqualTo(second);
  }

  /** Versions change with the build; the recorded figures do not. */
  @Test
  void theRecordedDocumentIsAsTheReportWritesIt() throws Exception {
    String recorded = Files.readString(Path.of("..", "docs", "benchmarks.md"));
    assertThat(withoutVersions(BenchmarkDocument.of(recorded).toString()))
        .isEqualTo(withoutVersions(recorded));
  }

  private static String withoutVersions(String text) {
    return text.replaceAll("(?m)^Versions: .*$", "");
  }

  @Test
  void theOverviewComparesWithBucket4jAndShowsTheGrowth() throws Exception {
    for (int clients : List.of(1_000, 100_000, 1_000_000)) {
      measure(
          BenchmarkCase.keyed(Contenders.TRAFFIK, clients, BenchmarkTarget.ALLOWED),
          0,
          clients == 1_000 ? 100 : 250);
    }
    measure(
        BenchmarkCase.keyed(Contenders.BUCKET4J_CAFFEINE, 100_000, BenchmarkTarget.ALLOWED),
        64,
        1_000);
    measure(BenchmarkCase.operation("charge", 1), 136, 200);
    JSON.writeValue(
        results.resolve(BenchmarkResults.FOOTPRINT).toFile(),
        Map.of(
            "bytesPerClient",
            Map.of(Contenders.TRAFFIK, 40.0, Contenders.BUCKET4J_CAFFEINE, 400.0)));
    assertThat(report(false).lines().filter(line -> line.startsWith("| JDK 17 |")))
        .containsExactly(
            "| JDK 17 | 250 ns | 4.00 × the time | 10.0 × the heap |"
                + " 2.5 × the time (100 → 250 ns) | abc1234, 2026-01-31 |",
            "| JDK 17 | – / – | – / – | – / – | – / – | 136 / – | – / – | – / – |"
                + " abc1234, 2026-01-31 |");
  }

  @Test
  void chartsHaveALinePerContender() throws Exception {
    for (int threads : CostTables.THREADS) {
      for (String contender : Contenders.ALL) {
        measure(BenchmarkCase.hot(contender, threads, BenchmarkTarget.ALLOWED), 0, 10 * threads);
      }
    }
    measureAll(10, 0);
    report(false);
    List<Path> charts;
    try (Stream<Path> files = Files.list(docs.resolve("benchmarks"))) {
      charts = files.sorted().toList();
    }
    assertThat(charts)
        .extracting(chart -> chart.getFileName().toString())
        .containsExactly("jdk17-clients.svg", "jdk17-memory.svg", "jdk17-threads.svg");
    for (Path chart : charts) {
      var root =
          DocumentBuilderFactory.newDefaultInstance()
              .newDocumentBuilder()
              .parse(chart.toFile())
              .getDocumentElement();
      assertThat(root.getTagName()).isEqualTo("svg");
      if (!chart.endsWith("jdk17-memory.svg")) {
        // One line in the drawing and one in the legend.
        assertThat(root.getElementsByTagName("polyline").getLength())
            .isEqualTo(2 * Contenders.ALL.size());
      }
    }
  }

  @Test
  void wrongArgumentsAreRejected() {
    assertThatThrownBy(() -> Report.main(new String[] {"results"}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Expected two directories, results and docs, but got: results");
  }
}

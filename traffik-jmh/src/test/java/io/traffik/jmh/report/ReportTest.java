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

/** The report says what the results say, and judges them rightly. */
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
            "io.traffik.jmh." + of.suite() + "." + of.method(),
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
    // Two iterations around each mean
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
  void targetsAreJudgedByTheMedianOfTheForks() throws Exception {
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
    assertThat(line(text, "| 100 000 keys: at most 1.3")).endsWith("| – | not measured |");
    assertThat(text).contains("60.0 (50.0–1000)");
  }

  /** Of each round by itself 2, 3 and 0.5; of the medians, 100 and 150, it would be 1.5. */
  @Test
  void whatWasMeasuredInTheSameRoundsIsComparedRoundByRound() throws Exception {
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
   * In its round Guava takes twice Traffik's time; beside the median of Traffik's, 200, the same.
   */
  @Test
  void whatWasMeasuredInTheFirstRoundAloneIsComparedWithThatRound() throws Exception {
    measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 100, 200, 300);
    measure(BenchmarkCase.hot(Contenders.GUAVA, 2, BenchmarkTarget.ALLOWED), 0, 200);
    assertThat(line(report(false), "| `guava` |")).isEqualTo("| `guava` | 2.00 |");
  }

  /** A pause of 21 ms is one too long, by whatever it came about; one of 2 ms is not. */
  @Test
  void aPauseIsTheStoresIfItComputesOrWaitsForItself() throws Exception {
    JSON.writeValue(
        results.resolve(BenchmarkResults.FLOOD).toFile(),
        new FloodResult(10, 1, 1, 1, 1, 0, 0, 0, 0, LONG));
    measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 60);
    String text = report(false);
    assertThat(line(text, "| flood: no pause above 20 ms")).endsWith("| 21.00 ms | **not met** |");
    assertThat(line(text, "| flood: no call computes")).endsWith("| 2.00 ms | **not met** |");
    assertThat(line(text, "| flood of 10 000 000")).endsWith("| none | met |");
  }

  @Test
  void aTargetThatIsJustMissedDoesNotLookAsIfItWereMet() {
    assertThat(PerformanceTarget.atLeast("", OptionalDouble.of(0.4996), 0.5, " ×").measured())
        .isEqualTo("0.4996 ×");
    assertThat(PerformanceTarget.atMost("", OptionalDouble.of(1.304), 1.3, "").measured())
        .isEqualTo("1.304");
    assertThat(PerformanceTarget.atMost("", OptionalDouble.of(1.25), 1.3, "").measured())
        .isEqualTo("1.25");
  }

  @Test
  void whatIsMeasuredAndWhenIsSaid() throws Exception {
    measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 60);
    assertThat(report(false)).contains("Revision abc1234, 2026-01-31.");
  }

  /** Of each round by itself 30, 20 and 900; of the medians, 130 and 70, it would be 60. */
  @Test
  void theWholePathIsComparedToTheStoreRoundByRound() throws Exception {
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
    assertThat(line(report(false), "| whole path, allowed")).endsWith("| 30.00 ns | met |");
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

  /** Traffik as slow as told, and a little slower denied and on the whole path; all others 100. */
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

  /** Eight threads that take 100,000 ns each make 80,000 a second. */
  @Test
  void decisionsOverRedisAreToldByTheSecond() throws Exception {
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
  void whatWasNotMeasuredOverRedisIsLeftOut() throws Exception {
    measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 60);
    assertThat(report(false)).doesNotContain("### Redis");
  }

  @Test
  void aSectionReplacesThatOfItsJdkAndLeavesTheOthers() throws Exception {
    measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 60);
    String first = report(true);
    assertThat(first).contains("## JDK 17").contains("From a quick run");
    BenchmarkDocument document = BenchmarkDocument.of(first);
    document.put(25, "## JDK 25\n\nnewer\n");
    Files.writeString(docs.resolve("benchmarks.md"), document.toString());
    String second = report(false);
    assertThat(second).containsOnlyOnce("## JDK 17").doesNotContain("From a quick run");
    assertThat(second).containsOnlyOnce("## JDK 25\n\nnewer\n").contains("Bucket4j 8.");
    assertThat(second.indexOf("## JDK 17")).isLessThan(second.indexOf("## JDK 25"));
    assertThat(BenchmarkDocument.of(second).toString()).isEqualTo(second);
  }

  @Test
  void plotsAreDrawingsWithALinePerContender() throws Exception {
    for (int threads : JdkSection.THREADS) {
      for (String contender : Contenders.ALL) {
        measure(BenchmarkCase.hot(contender, threads, BenchmarkTarget.ALLOWED), 0, 10 * threads);
      }
    }
    measureAll(10, 0);
    report(false);
    List<Path> plots;
    try (Stream<Path> files = Files.list(docs.resolve("benchmarks"))) {
      plots = files.sorted().toList();
    }
    assertThat(plots)
        .extracting(plot -> plot.getFileName().toString())
        .containsExactly("jdk17-keys.svg", "jdk17-memory.svg", "jdk17-threads.svg");
    for (Path plot : plots) {
      var root =
          DocumentBuilderFactory.newDefaultInstance()
              .newDocumentBuilder()
              .parse(plot.toFile())
              .getDocumentElement();
      assertThat(root.getTagName()).isEqualTo("svg");
      if (!plot.endsWith("jdk17-memory.svg")) {
        // One in the drawing and one in the legend
        assertThat(root.getElementsByTagName("polyline").getLength())
            .isEqualTo(2 * Contenders.ALL.size());
      }
    }
  }

  @Test
  void wrongArgumentsAreRefused() {
    assertThatThrownBy(() -> Report.main(new String[] {"results"}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two directories are needed, results and docs: results");
  }
}

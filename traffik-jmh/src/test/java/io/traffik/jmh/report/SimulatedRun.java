package io.traffik.jmh.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.traffik.jmh.BenchmarkTarget;
import io.traffik.jmh.check.CallLatencies;
import io.traffik.jmh.check.FloodResult;
import io.traffik.jmh.check.HttpResult;
import io.traffik.jmh.check.HttpResult.Comparison;
import io.traffik.jmh.check.InterleavedCheck;
import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.contender.RedisContenders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The results of a run of {@code ./bench} with given figures, and the report on them. */
final class SimulatedRun {

  private static final ObjectMapper JSON = new ObjectMapper();
  static final CallLatencies SHORT = new CallLatencies(100, 200, 300, 9_000, 8_000, 7_000, 0, 1, 1);
  static final CallLatencies LONG =
      new CallLatencies(100, 200, 300, 90_000_000, 80_000_000, 2_000_000, 21_000_000, 1, 1);

  private final Path results;
  private final Path docs;

  private final List<Map<String, Object>> measured = new ArrayList<>();

  SimulatedRun(Path results, Path docs) {
    this.results = results;
    this.docs = docs;
  }

  /** Writes a file of the results. */
  void write(String name, Object content) throws IOException {
    JSON.writeValue(results.resolve(name).toFile(), content);
  }

  /** Adds a case with a mean per fork. */
  void measure(BenchmarkCase of, double bytes, double... nanosPerFork) {
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

  String report(boolean quick) throws Exception {
    JSON.writeValue(results.resolve("1-all.json").toFile(), measured);
    Files.writeString(
        results.resolve(RunMetadata.NOTES),
        "command=./bench\nquick=" + quick + "\nrounds=3\nrevision=abc1234\nday=2026-01-31\n");
    Files.writeString(
        results.resolve(RunMetadata.STEPS), "java -jar benchmarks.jar HotKeyBenchmark\n");
    Report.write(results, docs, "A machine, 2 processors");
    return Files.readString(docs.resolve("benchmarks.md"));
  }

  static String line(String text, String beginning) {
    return text.lines().filter(line -> line.startsWith(beginning)).findFirst().orElseThrow();
  }

  /**
   * Records the given time for Traffik, and 100 ns for all others. Denied hits and throttles take
   * longer if the targets are to be missed.
   */
  void measureAll(double traffik, double bytes) throws Exception {
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
      boolean own = RedisContenders.TRAFFIK.contains(contender);
      for (int threads : RedisPerformanceTargets.THREADS) {
        measure(
            BenchmarkCase.redis(contender, threads, RedisPerformanceTargets.HOT),
            bytes,
            own ? traffik : 100);
      }
    }
    measure(BenchmarkCase.pipeline(RedisSection.DECISION), bytes, traffik);
    measure(BenchmarkCase.pipeline(RedisSection.RAW), bytes, 100);
    write(
        BenchmarkResults.FOOTPRINT,
        Map.of("clients", 1_000_000, "bytesPerClient", Map.of(Contenders.TRAFFIK, 40 + bytes)));
    write(
        BenchmarkResults.FLOOD,
        bytes > 0
            ? new FloodResult(10, 1, 1, 3, 1, 1, 0, 0, 0, LONG)
            : new FloodResult(10, 1, 1, 1, 1, 0, 0, 0, 0, SHORT));
    double off = bytes > 0 ? 2 : 1;
    write(
        BenchmarkResults.INTERLEAVED,
        new InterleavedCheck.Result(more - traffik, more - traffik, off, off));
    Map<String, Double> ratio = Map.of("ratio", 100 / traffik);
    write(BenchmarkResults.SOCKETS, Map.of("Javalin", ratio, "Java-WebSocket", ratio));
    writeHttp(100 / traffik);
  }

  /** Records a share of the throughput for all throttled servers, and 0.99 for those by hand. */
  void writeHttp(double share) throws Exception {
    Comparison throttled = new Comparison(share, share - 0.01, share + 0.01, 1_024);
    Comparison byHand = new Comparison(0.99, 0.99, 0.99, 512);
    HttpResult result = new HttpResult(50_000, throttled, throttled, byHand, byHand);
    write(BenchmarkResults.HTTP, Map.of("Javalin", result, "Jetty", result));
  }
}

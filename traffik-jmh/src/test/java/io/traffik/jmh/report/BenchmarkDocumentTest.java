package io.traffik.jmh.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.jmh.BenchmarkTarget;
import io.traffik.jmh.contender.Contenders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The document keeps its figures by JDK, and opens with the overview. */
class BenchmarkDocumentTest {

  @TempDir Path results;
  @TempDir Path docs;

  private SimulatedRun run;

  @BeforeEach
  void setUp() {
    run = new SimulatedRun(results, docs);
  }

  @Test
  void newFiguresReplaceThoseOfTheirJdkOnly() throws Exception {
    run.measure(BenchmarkCase.hot(Contenders.TRAFFIK, 2, BenchmarkTarget.ALLOWED), 0, 60);
    String first = run.report(true);
    assertThat(first).contains("## JDK 17").contains("A quick run");
    String withJdk25 = first + "\n" + first.replace("JDK 17", "JDK 25");
    Files.writeString(docs.resolve("benchmarks.md"), BenchmarkDocument.of(withJdk25).toString());
    String second = run.report(false);
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
      run.measure(
          BenchmarkCase.keyed(Contenders.TRAFFIK, clients, BenchmarkTarget.ALLOWED),
          0,
          clients == 1_000 ? 100 : 250);
    }
    run.measure(
        BenchmarkCase.keyed(Contenders.BUCKET4J_CAFFEINE, 100_000, BenchmarkTarget.ALLOWED),
        64,
        1_000);
    run.measure(BenchmarkCase.operation("charge", 1), 136, 200);
    run.writeHttp(0.97);
    run.write(
        BenchmarkResults.FOOTPRINT,
        Map.of(
            "bytesPerClient",
            Map.of(Contenders.TRAFFIK, 40.0, Contenders.BUCKET4J_CAFFEINE, 400.0)));
    assertThat(run.report(false).lines().filter(line -> line.startsWith("| JDK 17 |")))
        .containsExactly(
            "| JDK 17 | 250 ns | 4.00 × the time | 10.0 × the heap |"
                + " 2.5 × the time (100 → 250 ns) | abc1234, 2026-01-31 |",
            "| JDK 17 | – / – | – / – | – / – | – / – | 136 / – | – / – | – / – |"
                + " abc1234, 2026-01-31 |",
            "| JDK 17"
                + " | 0.97 (0.96–0.98), by hand 0.99; +1024 B".repeat(4)
                + " | abc1234, 2026-01-31 |");
  }

  @Test
  void chartsHaveALinePerContender() throws Exception {
    for (int threads : CostSection.THREADS) {
      for (String contender : Contenders.ALL) {
        run.measure(
            BenchmarkCase.hot(contender, threads, BenchmarkTarget.ALLOWED), 0, 10 * threads);
      }
    }
    run.measureAll(10, 0);
    run.report(false);
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
}

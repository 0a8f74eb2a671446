package io.traffik.jmh.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes {@code docs/benchmarks.md} and its charts from the results of {@code ./bench}:
 *
 * <pre>
 * java -cp benchmarks.jar io.traffik.jmh.report.Report &lt;results&gt; &lt;docs&gt;
 * </pre>
 *
 * <p>{@link BenchmarkResults} reads the JSON files of one run. {@link BenchmarkDocument} places its
 * figures: {@link JdkRows} at the top, {@link JdkSection} in the middle, {@link PerformanceTargets}
 * at the end. {@link ReportCharts} draws the charts.
 */
public final class Report {

  private static final String DOCUMENT = "benchmarks.md";
  private static final String CHARTS = "benchmarks";

  private Report() {}

  /**
   * Writes the document and the charts, and prints the targets.
   *
   * @param arguments the directory of the results, and the directory to write to
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      throw new IllegalArgumentException(
          "Expected two directories, results and docs, but got: " + String.join(" ", arguments));
    }
    for (PerformanceTarget target :
        write(Path.of(arguments[0]), Path.of(arguments[1]), MachineDescription.text())) {
      System.out.printf(
          "%-12s %s: %s%n",
          target.verdict().text().replace("*", ""), target.requirement(), target.measured());
    }
  }

  static List<PerformanceTarget> write(Path results, Path docs, String machine) throws IOException {
    BenchmarkResults measured = BenchmarkResults.read(results);
    Files.createDirectories(docs);
    Path file = docs.resolve(DOCUMENT);
    BenchmarkDocument document =
        BenchmarkDocument.of(Files.exists(file) ? Files.readString(file) : "");
    document.put(measured, RunMetadata.read(results), machine);
    Files.writeString(file, document.toString());
    ReportCharts.write(measured, docs.resolve(CHARTS));
    return PerformanceTargets.of(measured);
  }
}

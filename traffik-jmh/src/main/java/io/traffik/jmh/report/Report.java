package io.traffik.jmh.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Turns the results of {@code ./bench} into {@code benchmarks.md} and its plots:
 *
 * <pre>
 * java -cp benchmarks.jar io.traffik.jmh.report.Report &lt;results&gt; &lt;docs&gt;
 * </pre>
 */
public final class Report {

  private static final String DOCUMENT = "benchmarks.md";
  private static final String PLOTS = "benchmarks";

  private Report() {}

  /**
   * Writes the document and the plots, and prints the targets.
   *
   * @param arguments the directory with the results, and the directory to write to
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      throw new IllegalArgumentException(
          "two directories are needed, results and docs: " + String.join(" ", arguments));
    }
    for (PerformanceTarget target :
        write(Path.of(arguments[0]), Path.of(arguments[1]), MachineDescription.inWords())) {
      System.out.printf(
          "%-12s %s: %s%n",
          target.verdict().text().replace("*", ""), target.requirement(), target.measured());
    }
  }

  static List<PerformanceTarget> write(Path results, Path docs, String machine) throws IOException {
    BenchmarkResults figures = BenchmarkResults.read(results);
    Files.createDirectories(docs);
    Path file = docs.resolve(DOCUMENT);
    BenchmarkDocument document =
        BenchmarkDocument.of(Files.exists(file) ? Files.readString(file) : "");
    document.put(figures.jdk(), JdkSection.of(figures, RunMetadata.read(results), machine));
    Files.writeString(file, document.toString());
    ReportCharts.write(figures, docs.resolve(PLOTS));
    return PerformanceTargets.of(figures);
  }
}

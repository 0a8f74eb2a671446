package io.traffik.jmh.report;

import static io.traffik.jmh.BenchmarkTarget.ALLOWED;

import io.traffik.jmh.contender.Contenders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The charts of one JDK. */
final class ReportCharts {

  private ReportCharts() {}

  static void write(BenchmarkResults results, Path directory) throws IOException {
    Files.createDirectories(directory);
    String jdk = "jdk" + results.jdk();
    Files.writeString(directory.resolve(jdk + "-threads.svg"), threads(results));
    Files.writeString(directory.resolve(jdk + "-clients.svg"), keys(results));
    Files.writeString(directory.resolve(jdk + "-memory.svg"), memory(results));
  }

  private static String threads(BenchmarkResults results) {
    LineChart chart =
        new LineChart(
            "One hot key, allowed (JDK " + results.jdk() + ")",
            "threads",
            CostSection.THREADS.stream().map(String::valueOf).collect(Collectors.toList()));
    for (String contender : Contenders.ALL) {
      chart.add(
          contender,
          CostSection.THREADS.stream()
              .map(threads -> results.nanos(BenchmarkCase.hot(contender, threads, ALLOWED)))
              .toList());
    }
    return chart.svg();
  }

  private static String keys(BenchmarkResults results) {
    List<Integer> measured =
        CostSection.CLIENTS.stream()
            .filter(
                keys ->
                    results
                        .measurement(BenchmarkCase.keyed(Contenders.TRAFFIK, keys, ALLOWED))
                        .isPresent())
            .toList();
    LineChart chart =
        new LineChart(
            "One bucket per client, 2 threads, allowed (JDK " + results.jdk() + ")",
            "number of clients",
            measured.stream().map(ReportCharts::shortened).toList());
    for (String contender : Contenders.ALL) {
      chart.add(
          contender,
          measured.stream()
              .map(keys -> results.nanos(BenchmarkCase.keyed(contender, keys, ALLOWED)))
              .toList());
    }
    return chart.svg();
  }

  private static String memory(BenchmarkResults results) {
    return new BarChart(
            "Heap per client with 1 000 000 clients (JDK " + results.jdk() + ")",
            "bytes",
            results.footprint())
        .svg();
  }

  private static String shortened(int keys) {
    return keys >= 1_000_000 ? keys / 1_000_000 + " M" : keys / 1_000 + " k";
  }
}

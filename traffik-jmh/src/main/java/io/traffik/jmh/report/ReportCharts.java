package io.traffik.jmh.report;

import static io.traffik.jmh.BenchmarkTarget.ALLOWED;

import io.traffik.jmh.contender.Contenders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Draws the plots of one JDK. */
final class ReportCharts {

  private ReportCharts() {}

  static void write(BenchmarkResults figures, Path directory) throws IOException {
    Files.createDirectories(directory);
    String jdk = "jdk" + figures.jdk();
    Files.writeString(directory.resolve(jdk + "-threads.svg"), threads(figures));
    Files.writeString(directory.resolve(jdk + "-keys.svg"), keys(figures));
    Files.writeString(directory.resolve(jdk + "-memory.svg"), memory(figures));
  }

  private static String threads(BenchmarkResults figures) {
    LineChart chart =
        new LineChart(
            "One hot key, allowed (JDK " + figures.jdk() + ")",
            "threads",
            JdkSection.THREADS.stream().map(String::valueOf).collect(Collectors.toList()));
    for (String contender : Contenders.ALL) {
      chart.add(
          contender,
          JdkSection.THREADS.stream()
              .map(threads -> figures.nanos(BenchmarkCase.hot(contender, threads, ALLOWED)))
              .toList());
    }
    return chart.svg();
  }

  private static String keys(BenchmarkResults figures) {
    List<Integer> measured =
        JdkSection.KEYS.stream()
            .filter(
                keys ->
                    figures.of(BenchmarkCase.keyed(Contenders.TRAFFIK, keys, ALLOWED)).isPresent())
            .toList();
    LineChart chart =
        new LineChart(
            "One bucket per client, 2 threads, allowed (JDK " + figures.jdk() + ")",
            "number of keys",
            measured.stream().map(ReportCharts::shortened).toList());
    for (String contender : Contenders.ALL) {
      chart.add(
          contender,
          measured.stream()
              .map(keys -> figures.nanos(BenchmarkCase.keyed(contender, keys, ALLOWED)))
              .toList());
    }
    return chart.svg();
  }

  private static String memory(BenchmarkResults figures) {
    return new BarChart(
            "Heap per key at 1 000 000 keys (JDK " + figures.jdk() + ")",
            "bytes",
            figures.footprint())
        .svg();
  }

  private static String shortened(int keys) {
    return keys >= 1_000_000 ? keys / 1_000_000 + " M" : keys / 1_000 + " k";
  }
}

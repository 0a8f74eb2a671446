package io.traffik.jmh;

import static io.traffik.jmh.BenchmarkTarget.ALLOWED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Draws the plots of one JDK. */
final class Plots {

  private Plots() {}

  static void write(Figures figures, Path directory) throws IOException {
    Files.createDirectories(directory);
    String jdk = "jdk" + figures.jdk();
    Files.writeString(directory.resolve(jdk + "-threads.svg"), threads(figures));
    Files.writeString(directory.resolve(jdk + "-keys.svg"), keys(figures));
    Files.writeString(directory.resolve(jdk + "-memory.svg"), memory(figures));
  }

  private static String threads(Figures figures) {
    LineChart chart =
        new LineChart(
            "One hot key, allowed (JDK " + figures.jdk() + ")",
            "threads",
            Section.THREADS.stream().map(String::valueOf).collect(Collectors.toList()));
    for (String contender : Contenders.ALL) {
      chart.add(
          contender,
          Section.THREADS.stream()
              .map(threads -> figures.nanos(Case.hot(contender, threads, ALLOWED)))
              .toList());
    }
    return chart.svg();
  }

  private static String keys(Figures figures) {
    List<Integer> measured =
        Section.KEYS.stream()
            .filter(keys -> figures.of(Case.keyed(Contenders.TRAFFIK, keys, ALLOWED)).isPresent())
            .toList();
    LineChart chart =
        new LineChart(
            "One bucket per client, 2 threads, allowed (JDK " + figures.jdk() + ")",
            "number of keys",
            measured.stream().map(Plots::shortened).toList());
    for (String contender : Contenders.ALL) {
      chart.add(
          contender,
          measured.stream()
              .map(keys -> figures.nanos(Case.keyed(contender, keys, ALLOWED)))
              .toList());
    }
    return chart.svg();
  }

  private static String memory(Figures figures) {
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

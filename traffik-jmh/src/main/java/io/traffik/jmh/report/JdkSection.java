package io.traffik.jmh.report;

import static io.traffik.jmh.BenchmarkTarget.ALLOWED;
import static io.traffik.jmh.BenchmarkTarget.DENIED;

import io.traffik.jmh.FloodBenchmark;
import io.traffik.jmh.check.FloodResult;
import io.traffik.jmh.contender.Contenders;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tables of one JDK in the document: the run, costs, floods, memory, Redis, the commands. */
final class JdkSection {

  /** Methods of {@code ThrottleBenchmark} and their labels, in the order of the table. */
  private static final Map<String, String> METHODS = new LinkedHashMap<>();

  static {
    METHODS.put("storeOneRate", "the store alone, one rate");
    METHODS.put("storeOneRateCoarseClock", "the store alone, one rate, coarse clock");
    METHODS.put("throttleOneRate", "the throttle, one rate");
    METHODS.put("storeTwoRates", "the store alone, two rates");
    METHODS.put("throttleTwoRates", "the throttle, two rates");
  }

  private final BenchmarkResults results;
  private final ResultCells cells;
  private final RunMetadata run;

  private JdkSection(BenchmarkResults results, RunMetadata run) {
    this.results = results;
    this.cells = new ResultCells(results);
    this.run = run;
  }

  static String of(BenchmarkResults results, RunMetadata run, String machine) {
    JdkSection section = new JdkSection(results, run);
    return section.head(machine)
        + CostSection.manyClients(results)
        + CostSection.hotKey(results)
        + section.throttle()
        + section.flood()
        + section.memory()
        + RedisSection.of(results)
        + section.commands();
  }

  private String head(String machine) {
    String rounds =
        run.rounds() == 1
            ? "one round with one process per benchmark."
            : run.rounds()
                + " rounds with one process per benchmark."
                + " Figures are medians (of two rounds, means) with the lowest and highest in brackets."
                + " Ratios are medians of the rounds' ratios."
                + " Cases without a target were measured in the first round only,"
                + " and are compared with Traffik's figures of that round.";
    return "## JDK "
        + results.jdk()
        + "\n\n"
        + (run.quick()
            ? "**A quick run with one short process per benchmark: do not compare its figures.**\n\n"
            : "")
        + machine
        + ". "
        + results.virtualMachine()
        + ".\nRevision "
        + run.revision()
        + ", "
        + run.day()
        + ".\n`"
        + run.command()
        + "`: "
        + rounds
        + "\n\n";
  }

  private String throttle() {
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "ns (B/op)",
                "allowed, 1 backend class",
                "allowed, 2 classes",
                "denied, 1 class",
                "denied, 2 classes"));
    METHODS.forEach(
        (method, label) -> {
          List<String> row = new ArrayList<>(List.of(label));
          for (String answer : List.of(ALLOWED, DENIED)) {
            for (int classes = 1; classes <= 2; classes++) {
              BenchmarkCase measured = BenchmarkCase.throttle(method, answer, classes);
              row.add(cells.nanos(measured) + " (" + cells.bytes(measured) + ")");
            }
          }
          table.row(row);
        });
    return "### From a connection to a decision, 1 thread\n\n" + table + "\n";
  }

  private String flood() {
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "",
                "known, some frequent",
                "known, equally frequent",
                "new",
                "new ÷ some frequent",
                "new ÷ equally frequent"));
    for (String contender :
        List.of(Contenders.TRAFFIK, Contenders.BUCKET4J_CAFFEINE, Contenders.BUCKET4J_PROXY)) {
      BenchmarkCase known = BenchmarkCase.flood(contender, FloodBenchmark.KNOWN);
      BenchmarkCase uniform = BenchmarkCase.flood(contender, FloodBenchmark.KNOWN_UNIFORM);
      BenchmarkCase fresh = BenchmarkCase.flood(contender, FloodBenchmark.NEW);
      table.row(
          List.of(
              ResultCells.contender(contender),
              cells.nanos(known),
              cells.nanos(uniform),
              cells.nanos(fresh),
              cells.ratio(fresh, known),
              cells.ratio(fresh, uniform)));
    }
    return """
        ### Floods of new clients

        New clients hit a full store of 100 000 clients; known clients hit a store that holds them. Nanoseconds per decision
        and thread:

        """
        + table
        + """

        The flood check has ten times this bound, so the buckets of its known clients do not fit into the processor's
        caches. Here they do (some 4 MB), while the work for a new client is nearly the same. The flood check's ratio is
        therefore better than the ratio here.

        Flood check, heap 256 MB, 2 threads:\s"""
        + results.flood().map(FloodResult::summary).orElse("not measured.")
        + "\n\n";
  }

  private String memory() {
    MarkdownTable table = new MarkdownTable(List.of("", "B per client", "divided by Traffik's"));
    Double traffik = results.footprint().get(Contenders.TRAFFIK);
    for (String contender : Contenders.ALL) {
      Double bytes = results.footprint().get(contender);
      if (bytes != null && traffik != null) {
        table.row(
            List.of(
                ResultCells.contender(contender),
                BenchmarkMeasurement.number(bytes),
                ResultCells.factor(bytes / traffik)));
      }
    }
    return "### Memory\n\nHeap per client with 1 000 000 clients, including the key:\n\n"
        + table
        + "\n![heap per client](benchmarks/jdk"
        + results.jdk()
        + "-memory.svg)\n\n";
  }

  private String commands() {
    return "### Commands\n\nThe commands of the first round. Results are written into the directory that `./bench` creates.\n\n```\n"
        + String.join("\n", run.steps())
        + "\n```\n";
  }
}

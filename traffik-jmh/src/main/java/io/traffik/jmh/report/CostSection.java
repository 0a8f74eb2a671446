package io.traffik.jmh.report;

import static io.traffik.jmh.BenchmarkTarget.ALLOWED;
import static io.traffik.jmh.BenchmarkTarget.DENIED;

import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.workload.GroupedNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A section that compares the cost of a hit by contender: ratios to Traffik, a chart, nanoseconds.
 */
final class CostSection {

  static final List<Integer> CLIENTS = List.of(1_000, 100_000, 1_000_000, 10_000_000);
  static final List<Integer> THREADS = List.of(1, 2, 4);

  private static final List<Integer> DENIED_CLIENTS = List.of(100_000, 1_000_000);

  private final BenchmarkResults results;
  private final ResultCells cells;
  private final List<Column> columns;

  /**
   * A column of both tables.
   *
   * @param head the heading
   * @param caseOf the measured case of a contender
   */
  private record Column(String head, Function<String, BenchmarkCase> caseOf) {}

  private CostSection(BenchmarkResults results, List<Column> all) {
    this.results = results;
    this.cells = new ResultCells(results);
    this.columns =
        all.stream()
            .filter(
                column ->
                    results.measurement(column.caseOf().apply(Contenders.TRAFFIK)).isPresent())
            .toList();
  }

  /** The cost with a bucket per client. */
  static String manyClients(BenchmarkResults results) {
    List<Column> columns = new ArrayList<>();
    for (int clients : CLIENTS) {
      columns.add(
          new Column(
              GroupedNumber.of(clients) + " clients",
              contender -> BenchmarkCase.keyed(contender, clients, ALLOWED)));
    }
    for (int clients : DENIED_CLIENTS) {
      columns.add(
          new Column(
              GroupedNumber.of(clients) + ", denied",
              contender -> BenchmarkCase.keyed(contender, clients, DENIED)));
    }
    return new CostSection(results, columns).text("One bucket per client, 2 threads", "clients");
  }

  /** The cost with one bucket that all threads hit. */
  static String hotKey(BenchmarkResults results) {
    List<Column> columns = new ArrayList<>();
    for (int threads : THREADS) {
      columns.add(
          new Column(
              BenchmarkCase.threadCount(threads),
              contender -> BenchmarkCase.hot(contender, threads, ALLOWED)));
    }
    columns.add(
        new Column(
            "2 threads, denied",
            contender -> BenchmarkCase.hot(contender, BenchmarkCase.USUAL_THREADS, DENIED)));
    return new CostSection(results, columns).text("One hot key", "threads");
  }

  /** Returns both tables; empty if no column was measured. */
  private String text(String title, String chart) {
    if (columns.isEmpty()) {
      return "";
    }
    return "### "
        + title
        + "\n\nTime divided by Traffik's; a contender above 1 is slower than Traffik:\n\n"
        + table(false, this::ratioToTraffik)
        + "\n![time against "
        + chart
        + "](benchmarks/jdk"
        + results.jdk()
        + "-"
        + chart
        + ".svg)\n\nNanoseconds per decision and thread; bytes allocated per decision:\n\n"
        + table(true, this::nanos)
        + "\n";
  }

  /** Returns a table with a row per contender, and a last column for its allocation if wanted. */
  private MarkdownTable table(boolean allocation, BiFunction<Column, String, String> cell) {
    List<String> head = new ArrayList<>(List.of(""));
    columns.forEach(column -> head.add(column.head()));
    if (allocation) {
      head.add("B/op");
    }
    MarkdownTable table = new MarkdownTable(head);
    for (String contender : Contenders.ALL) {
      List<String> row = new ArrayList<>(List.of(ResultCells.contender(contender)));
      columns.forEach(column -> row.add(cell.apply(column, contender)));
      if (allocation) {
        row.add(bytes(contender));
      }
      table.row(row);
    }
    return table;
  }

  private String ratioToTraffik(Column column, String contender) {
    return cells.ratio(column.caseOf().apply(contender), column.caseOf().apply(Contenders.TRAFFIK));
  }

  private String nanos(Column column, String contender) {
    return cells.nanos(column.caseOf().apply(contender));
  }

  /** The allocation in the first column that was measured. */
  private String bytes(String contender) {
    return columns.stream()
        .flatMap(column -> results.measurement(column.caseOf().apply(contender)).stream())
        .findFirst()
        .map(BenchmarkMeasurement::bytesText)
        .orElse(ResultCells.NOT_MEASURED);
  }
}

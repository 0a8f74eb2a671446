package io.traffik.jmh.report;

import io.traffik.jmh.contender.RedisContenders;
import io.traffik.jmh.workload.GroupedNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** The section on Redis in the document, in thousands of decisions per second. */
final class RedisSection {

  /** Methods of {@code RedisPipelineBenchmark}. */
  static final String DECISION = "traffikLettuce";

  static final String RAW = "rawEvalsha";

  /** Divided by nanoseconds per decision, this yields thousands of decisions per second. */
  private static final double THOUSANDS = 1e6;

  private final BenchmarkResults results;

  private RedisSection(BenchmarkResults results) {
    this.results = results;
  }

  /** Returns the section; empty if the run did not measure Redis. */
  static String of(BenchmarkResults results) {
    RedisSection section = new RedisSection(results);
    boolean measured =
        RedisContenders.ALL.stream()
            .anyMatch(
                contender ->
                    results
                            .measurement(
                                BenchmarkCase.redis(contender, 1, RedisPerformanceTargets.HOT))
                            .isPresent()
                        || results
                            .measurement(
                                BenchmarkCase.redis(contender, 8, RedisPerformanceTargets.HOT))
                            .isPresent());
    return measured ? section.decisions() + section.pipeline() : "";
  }

  private record Column(String head, int threads, int keys) {}

  private String decisions() {
    List<Column> columns = new ArrayList<>();
    for (int keys : List.of(RedisPerformanceTargets.HOT, RedisPerformanceTargets.MANY)) {
      for (int threads : RedisPerformanceTargets.THREADS) {
        columns.add(
            new Column(
                (keys == RedisPerformanceTargets.HOT
                        ? "one hot key, "
                        : GroupedNumber.of(keys) + " clients, ")
                    + BenchmarkCase.threadCount(threads),
                threads,
                keys));
      }
    }
    List<String> head = new ArrayList<>(List.of(""));
    columns.forEach(column -> head.add(column.head()));
    MarkdownTable table = new MarkdownTable(head);
    for (String contender : RedisContenders.ALL) {
      List<String> cells = new ArrayList<>(List.of(name(contender)));
      columns.forEach(column -> cells.add(cell(contender, column)));
      table.row(cells);
    }
    return """
        ### Redis on the loopback interface

        Thousands of decisions per second of all threads together. In brackets: the share of a bare `PING` by the same
        client library. `redis-server` runs on the same processors. Lettuce's threads share one connection; Jedis's
        threads take one of eight from a pool.

        """
        + table
        + "\n";
  }

  private String cell(String contender, Column column) {
    BenchmarkCase measured = BenchmarkCase.redis(contender, column.threads(), column.keys());
    OptionalDouble nanos = results.nanos(measured);
    if (nanos.isEmpty()) {
      return ResultCells.NOT_MEASURED;
    }
    String perSecond = perSecond(nanos.getAsDouble() / column.threads());
    return ping(contender)
        .map(
            baseline ->
                results.ratio(
                    BenchmarkCase.redis(baseline, column.threads(), RedisPerformanceTargets.HOT),
                    measured))
        .filter(OptionalDouble::isPresent)
        .map(share -> perSecond + " (" + ResultCells.factor(share.getAsDouble()) + ")")
        .orElse(perSecond);
  }

  /** Returns the bare round trip of a contender's client library, if it is measured. */
  static Optional<String> ping(String contender) {
    return switch (contender) {
      case RedisContenders.TRAFFIK_LETTUCE,
          RedisContenders.SCRIPT_LETTUCE,
          RedisContenders.BUCKET4J_LETTUCE ->
          Optional.of(RedisContenders.PING_LETTUCE);
      case RedisContenders.TRAFFIK_JEDIS,
          RedisContenders.SCRIPT_JEDIS,
          RedisContenders.BUCKET4J_JEDIS ->
          Optional.of(RedisContenders.PING_JEDIS);
      default -> Optional.empty();
    };
  }

  private String pipeline() {
    MarkdownTable table = new MarkdownTable(List.of("256 in flight, 1 thread", "thousands/s"));
    table.row(
        List.of(
            "**`" + DECISION + "`**, asynchronous", perSecond(BenchmarkCase.pipeline(DECISION))));
    table.row(
        List.of(
            "the same `EVALSHA` sent by Lettuce alone", perSecond(BenchmarkCase.pipeline(RAW))));
    return table + "\n";
  }

  private String perSecond(BenchmarkCase measured) {
    OptionalDouble nanos = results.nanos(measured);
    return nanos.isPresent() ? perSecond(nanos.getAsDouble()) : ResultCells.NOT_MEASURED;
  }

  private static String perSecond(double nanos) {
    return String.format(Locale.ROOT, "%.1f", THOUSANDS / nanos);
  }

  private static String name(String contender) {
    return RedisContenders.TRAFFIK.contains(contender)
        ? "**`" + contender + "`**"
        : "`" + contender + "`";
  }
}

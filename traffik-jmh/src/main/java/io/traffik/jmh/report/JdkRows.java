package io.traffik.jmh.report;

import static io.traffik.jmh.BenchmarkTarget.ALLOWED;

import io.traffik.jmh.check.HttpResult;
import io.traffik.jmh.check.HttpResult.Comparison;
import io.traffik.jmh.contender.Contenders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The rows of one JDK in the tables that compare JDKs: overview, allocation, HTTP servers. */
final class JdkRows {

  /** The heading of the overview. */
  static final List<String> OVERVIEW =
      List.of(
          "",
          "a hit, 100 000 clients",
          "Bucket4j in a Caffeine cache",
          "Bucket4j's heap per client",
          "from 1 000 to 1 000 000 clients",
          "measured");

  /** The heading of the allocation by operation. */
  static final List<String> ALLOCATION =
      List.of(
          "",
          "`hit`",
          "`hit`, decision kept",
          "`peek`",
          "`enforce`",
          "`charge`",
          "`hitAsync`",
          "`enforceAsync`",
          "measured");

  /** The heading of the throughput of HTTP servers. */
  static final List<String> HTTP =
      List.of(
          "", "Javalin, allowed", "Javalin, denied", "Jetty, allowed", "Jetty, denied", "measured");

  private static final List<String> HTTP_SERVERS = List.of("Javalin", "Jetty");

  private static final List<String> OPERATIONS =
      List.of("hit", "hitKept", "peek", "enforce", "charge", "hitAsync", "enforceAsync");

  private final BenchmarkResults results;
  private final ResultCells cells;
  private final String measured;

  JdkRows(BenchmarkResults results, RunMetadata run) {
    this.results = results;
    this.cells = new ResultCells(results);
    this.measured = run.revision() + ", " + run.day();
  }

  /** The time of a hit, two ratios to Bucket4j, and the growth with the number of clients. */
  List<String> overview() {
    BenchmarkCase hit = BenchmarkCase.keyed(Contenders.TRAFFIK, 100_000, ALLOWED);
    BenchmarkCase bucket4j = BenchmarkCase.keyed(Contenders.BUCKET4J_CAFFEINE, 100_000, ALLOWED);
    return List.of(
        "JDK " + results.jdk(),
        results
            .measurement(hit)
            .map(found -> median(found) + " ns")
            .orElse(ResultCells.NOT_MEASURED),
        cells.ratio(bucket4j, hit) + " × the time",
        heapRatio() + " × the heap",
        growth(),
        measured);
  }

  /** Bytes by operation, with one rate and with two rates. */
  List<String> allocation() {
    List<String> row = new ArrayList<>(List.of("JDK " + results.jdk()));
    for (String operation : OPERATIONS) {
      row.add(
          cells.bytes(BenchmarkCase.operation(operation, 1))
              + " / "
              + cells.bytes(BenchmarkCase.operation(operation, 2)));
    }
    row.add(measured);
    return row;
  }

  /** The share of the throughput that throttled servers keep, and the bytes that they allocate. */
  List<String> http() {
    List<String> row = new ArrayList<>(List.of("JDK " + results.jdk()));
    for (String server : HTTP_SERVERS) {
      HttpResult found = results.http().get(server);
      row.add(
          found == null
              ? ResultCells.NOT_MEASURED
              : throughput(found.allowed(), found.allowedByHand()));
      row.add(
          found == null
              ? ResultCells.NOT_MEASURED
              : throughput(found.denied(), found.deniedByHand()));
    }
    row.add(measured);
    return row;
  }

  private static String throughput(Comparison throttled, Comparison byHand) {
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f–%.2f), by hand %.2f; %+.0f B",
        throttled.ratio(),
        throttled.lowest(),
        throttled.highest(),
        byHand.ratio(),
        throttled.addedBytes());
  }

  private String heapRatio() {
    Double traffik = results.footprint().get(Contenders.TRAFFIK);
    Double bucket4j = results.footprint().get(Contenders.BUCKET4J_CAFFEINE);
    return traffik == null || bucket4j == null
        ? ResultCells.NOT_MEASURED
        : ResultCells.factor(bucket4j / traffik);
  }

  /** The quotient of both medians, which the reader can check. */
  private String growth() {
    Optional<BenchmarkMeasurement> few = traffik(1_000);
    Optional<BenchmarkMeasurement> many = traffik(1_000_000);
    if (few.isEmpty() || many.isEmpty()) {
      return ResultCells.NOT_MEASURED;
    }
    double growth = many.get().medianNanos() / few.get().medianNanos();
    return String.format(
        Locale.ROOT, "%.1f × the time (%s → %s ns)", growth, median(few.get()), median(many.get()));
  }

  private Optional<BenchmarkMeasurement> traffik(int clients) {
    return results.measurement(BenchmarkCase.keyed(Contenders.TRAFFIK, clients, ALLOWED));
  }

  private static String median(BenchmarkMeasurement measurement) {
    return BenchmarkMeasurement.number(measurement.medianNanos());
  }
}

package io.traffik.jmh.report;

import io.traffik.jmh.contender.Contenders;
import java.util.Locale;
import java.util.OptionalDouble;

/** Cells of tables for measurements, with a dash for a case that was not measured. */
final class ResultCells {

  static final String NOT_MEASURED = "–";

  private final BenchmarkResults results;

  ResultCells(BenchmarkResults results) {
    this.results = results;
  }

  /** Nanoseconds per hit and thread. */
  String nanos(BenchmarkCase measured) {
    return results.measurement(measured).map(BenchmarkMeasurement::nanosText).orElse(NOT_MEASURED);
  }

  /** Bytes allocated per hit. */
  String bytes(BenchmarkCase measured) {
    return results.measurement(measured).map(BenchmarkMeasurement::bytesText).orElse(NOT_MEASURED);
  }

  /** The time of the first case divided by that of the second one. */
  String ratio(BenchmarkCase first, BenchmarkCase second) {
    OptionalDouble ratio = results.ratio(first, second);
    return ratio.isPresent() ? factor(ratio.getAsDouble()) : NOT_MEASURED;
  }

  /** The name of a contender; Traffik is bold. */
  static String contender(String name) {
    return name.equals(Contenders.TRAFFIK) ? "**`traffik`**" : "`" + name + "`";
  }

  /** A ratio with two decimals below 10, otherwise with one. */
  static String factor(double ratio) {
    return String.format(Locale.ROOT, ratio < 10 ? "%.2f" : "%.1f", ratio);
  }
}

package io.traffik.jmh.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.function.DoubleBinaryOperator;

/**
 * The measurements of a {@link BenchmarkCase}: one mean per fork. The median of the forks is
 * reported.
 *
 * @param nanos nanoseconds per hit and thread by the number of the fork; cases of the same round
 *     have the same number
 * @param bytes bytes allocated per hit, by fork
 */
record BenchmarkMeasurement(SortedMap<Integer, Double> nanos, List<Double> bytes) {

  double medianNanos() {
    return median(nanos.values());
  }

  double medianBytes() {
    return median(bytes);
  }

  /**
   * Compares the forks of the same round and returns the median, because a shared machine may be
   * slower for a whole round. Forks that only one case has are ignored, unless the cases have no
   * round in common.
   */
  double compare(BenchmarkMeasurement other, DoubleBinaryOperator comparing) {
    List<Double> compared = new ArrayList<>();
    nanos.forEach(
        (fork, one) -> {
          Double two = other.nanos.get(fork);
          if (two != null) {
            compared.add(comparing.applyAsDouble(one, two));
          }
        });
    return compared.isEmpty()
        ? comparing.applyAsDouble(medianNanos(), other.medianNanos())
        : median(compared);
  }

  private static double median(Collection<Double> values) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = values.stream().sorted().toList();
    int upper = sorted.size() / 2;
    int lower = (sorted.size() - 1) / 2;
    return (sorted.get(lower) + sorted.get(upper)) / 2;
  }

  /**
   * Returns the median, followed by the lowest and the highest fork in brackets if there are
   * several.
   */
  String nanosText() {
    String median = number(medianNanos());
    if (nanos.size() < 2) {
      return median;
    }
    double low = nanos.values().stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    double high = nanos.values().stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    return median + " (" + number(low) + "–" + number(high) + ")";
  }

  /** Returns whole bytes; less than half a byte per hit belongs to the harness. */
  String bytesText() {
    return String.format(Locale.ROOT, "%.0f", medianBytes());
  }

  static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
  }
}

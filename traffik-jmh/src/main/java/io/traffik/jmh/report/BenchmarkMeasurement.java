package io.traffik.jmh.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.function.DoubleBinaryOperator;

/**
 * What was measured of a {@link BenchmarkCase}: a mean per fork, of which the median counts.
 *
 * @param nanos nanoseconds per hit and thread, by the number of the fork, which is the same for
 *     what was measured beside each other
 * @param bytes allocated per hit
 */
record BenchmarkMeasurement(SortedMap<Integer, Double> nanos, List<Double> bytes) {

  double medianNanos() {
    return median(nanos.values());
  }

  double medianBytes() {
    return median(bytes);
  }

  /**
   * Compares fork by fork, and of that takes the median: a machine that is shared may be slower for
   * a whole round. Forks that only one of the two has do not count, unless they have none in
   * common.
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

  /** The median, and in brackets the lowest and the highest fork where there are several. */
  String nanosText() {
    String median = number(medianNanos());
    if (nanos.size() < 2) {
      return median;
    }
    double low = nanos.values().stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    double high = nanos.values().stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    return median + " (" + number(low) + "–" + number(high) + ")";
  }

  /** Less than half a byte per hit is the harness's. */
  String bytesText() {
    return String.format(Locale.ROOT, "%.0f", medianBytes());
  }

  static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
  }
}

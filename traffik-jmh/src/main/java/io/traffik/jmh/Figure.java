package io.traffik.jmh;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;

/**
 * What was measured of a {@link Case}: a mean per fork, of which the median counts.
 *
 * @param nanos nanoseconds per hit and thread
 * @param bytes allocated per hit
 */
record Figure(List<Double> nanos, List<Double> bytes) {

  double medianNanos() {
    return median(nanos);
  }

  double medianBytes() {
    return median(bytes);
  }

  /**
   * Compares round by round, and of that takes the median: a machine that is shared may be slower
   * for a whole round. What was not measured in the same rounds is compared by its medians.
   */
  double compare(Figure other, DoubleBinaryOperator comparing) {
    if (nanos.size() != other.nanos.size()) {
      return comparing.applyAsDouble(medianNanos(), other.medianNanos());
    }
    return median(
        IntStream.range(0, nanos.size())
            .mapToObj(round -> comparing.applyAsDouble(nanos.get(round), other.nanos.get(round)))
            .toList());
  }

  private static double median(List<Double> values) {
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
    double low = nanos.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    double high = nanos.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    return median + " (" + number(low) + "–" + number(high) + ")";
  }

  /** Less than half a byte per hit is the harness's. */
  String bytesText() {
    return String.format(Locale.ROOT, "%.0f", medianBytes());
  }

  /** A whole number, its thousands apart. */
  static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
  }

  static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
  }
}

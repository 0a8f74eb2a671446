package io.traffik.jmh.report;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoublePredicate;

/**
 * A performance target and its measured value.
 *
 * @param requirement the required value
 * @param measured the measured value
 * @param verdict whether the measured value meets the requirement
 */
record PerformanceTarget(String requirement, String measured, Verdict verdict) {

  private static final int MOST_DIGITS = 6;

  enum Verdict {
    MET("met"),
    NOT_MET("**not met**"),
    NOT_MEASURED("not measured");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  static PerformanceTarget atMost(
      String requirement, OptionalDouble measured, double limit, String unit) {
    return of(requirement, measured, value -> value <= limit, unit);
  }

  static PerformanceTarget atLeast(
      String requirement, OptionalDouble measured, double limit, String unit) {
    return of(requirement, measured, value -> value >= limit, unit);
  }

  private static PerformanceTarget of(
      String requirement, OptionalDouble measured, DoublePredicate enough, String unit) {
    if (measured.isEmpty()) {
      return new PerformanceTarget(requirement, "–", Verdict.NOT_MEASURED);
    }
    double value = measured.getAsDouble();
    boolean met = enough.test(value);
    return new PerformanceTarget(
        requirement, text(value, met, enough) + unit, met ? Verdict.MET : Verdict.NOT_MET);
  }

  /** Formats with two decimals, or with more if the rounded value would change the verdict. */
  private static String text(double value, boolean met, DoublePredicate enough) {
    String text = "";
    for (int digits = 2; digits <= MOST_DIGITS; digits++) {
      text = String.format(Locale.ROOT, "%." + digits + "f", value);
      if (enough.test(Double.parseDouble(text)) == met) {
        break;
      }
    }
    return text;
  }
}

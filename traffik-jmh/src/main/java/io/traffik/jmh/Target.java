package io.traffik.jmh;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoublePredicate;

/**
 * What Traffik is to reach, and what it did.
 *
 * @param demand what is demanded
 * @param measured what was measured
 * @param verdict whether that is enough
 */
record Target(String demand, String measured, Verdict verdict) {

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

  static Target atMost(String demand, OptionalDouble measured, double limit, String unit) {
    return of(demand, measured, value -> value <= limit, unit);
  }

  static Target atLeast(String demand, OptionalDouble measured, double limit, String unit) {
    return of(demand, measured, value -> value >= limit, unit);
  }

  private static Target of(
      String demand, OptionalDouble measured, DoublePredicate enough, String unit) {
    if (measured.isEmpty()) {
      return new Target(demand, "–", Verdict.NOT_MEASURED);
    }
    double value = measured.getAsDouble();
    boolean met = enough.test(value);
    return new Target(demand, text(value, met, enough) + unit, met ? Verdict.MET : Verdict.NOT_MET);
  }

  /** With so many digits, from two on, that it does not look like the other verdict. */
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

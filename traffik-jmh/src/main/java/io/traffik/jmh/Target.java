package io.traffik.jmh;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What Traffik is to reach, and what it did.
 *
 * @param demand what is demanded
 * @param measured what was measured
 * @param verdict whether that is enough
 */
record Target(String demand, String measured, Verdict verdict) {

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
    return of(demand, measured, measured.orElse(Double.NaN) <= limit, unit);
  }

  static Target atLeast(String demand, OptionalDouble measured, double limit, String unit) {
    return of(demand, measured, measured.orElse(Double.NaN) >= limit, unit);
  }

  private static Target of(String demand, OptionalDouble measured, boolean met, String unit) {
    if (measured.isEmpty()) {
      return new Target(demand, "–", Verdict.NOT_MEASURED);
    }
    String text = String.format(Locale.ROOT, "%.2f", measured.getAsDouble()) + unit;
    return new Target(demand, text, met ? Verdict.MET : Verdict.NOT_MET);
  }
}

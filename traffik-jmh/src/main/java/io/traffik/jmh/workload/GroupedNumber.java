package io.traffik.jmh.workload;

import java.util.Locale;

/** Text of whole numbers with a space between thousands, as in {@code 1 000 000}. */
public final class GroupedNumber {

  private GroupedNumber() {}

  /** Formats a number. */
  public static String of(long number) {
    return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
  }
}

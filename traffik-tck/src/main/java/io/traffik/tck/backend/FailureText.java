package io.traffik.tck.backend;

import io.traffik.Rate;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.Locale;

/** Formats times, margins and texts for failure messages. */
final class FailureText {

  private static final int MAX_LENGTH = 40;

  private FailureText() {}

  /** A duration, for example {@code 1h0.5s}. */
  static String time(long nanos) {
    return Duration.ofNanos(nanos).toString().replace("PT", "").toLowerCase(Locale.ROOT);
  }

  static String margin(long margin, Rate rate) {
    String degraded = Margin.isDegraded(margin) ? " (marked as degraded)" : "";
    long nanos = Margin.nanos(margin);
    if (nanos < 0) {
      return "denied for " + time(-nanos) + degraded;
    }
    long tokens = nanos / rate.nanosPerToken();
    long rest = nanos % rate.nanosPerToken();
    return "granted, "
        + tokens
        + (tokens == 1 ? " token" : " tokens")
        + (rest == 0 ? "" : " and " + time(rest))
        + " left"
        + degraded;
  }

  static String margins(long[] margins, QuotaPolicy policy) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < margins.length; i++) {
      text.append(i == 0 ? "" : "; ");
      text.append(i < policy.size() ? margin(margins[i], policy.rate(i)) : "" + margins[i]);
    }
    return text.toString();
  }

  /** A text in quotation marks, with other than printable ASCII escaped, shortened if long. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < Math.min(text.length(), MAX_LENGTH); i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c < 0x7f) {
        quoted.append(c);
      } else {
        quoted.append(String.format("\\u%04x", (int) c));
      }
    }
    return text.length() <= MAX_LENGTH
        ? quoted.append('"').toString()
        : quoted.append("…\" (").append(text.length()).append(" characters)").toString();
  }
}

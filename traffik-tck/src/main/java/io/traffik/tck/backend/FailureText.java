package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
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

  /** A margin or level, for example {@code 6 tokens left} or {@code short by 2s}. */
  static String margin(long margin, Rate rate) {
    String degraded = Margin.isDegraded(margin) ? " (marked as degraded)" : "";
    long nanos = Margin.nanos(margin);
    if (nanos == Margin.NEVER) {
      return "short for ever" + degraded;
    }
    if (nanos < 0) {
      return "short by " + time(-nanos) + degraded;
    }
    long tokens = nanos / rate.nanosPerToken();
    long rest = nanos % rate.nanosPerToken();
    return tokens
        + (tokens == 1 ? " token" : " tokens")
        + (rest == 0 ? "" : " and " + time(rest))
        + " left"
        + degraded;
  }

  /** The answer to a call: the decision, the margins and the unpaid tokens. */
  static String answer(long[] answer, BackendCall call) {
    StringBuilder text = new StringBuilder();
    QuotaPolicy policy = call.policy();
    if (call.operation() == Operation.HIT || call.operation() == Operation.PEEK) {
      boolean granted = call.isAnsweredBy(answer) && call.isGranted(answer);
      text.append(granted ? "granted, " : "denied, ");
    }
    for (int i = 0; i < answer.length; i++) {
      text.append(i == 0 ? "" : "; ");
      text.append(i < policy.size() ? margin(answer[i], policy.rate(i)) : answer[i] + " unpaid");
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

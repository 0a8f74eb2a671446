package io.traffik;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses and formats the text form of a {@link Rate}. */
final class RateText {

  private static final int MAX_LENGTH = 100;
  private static final Pattern RATE =
      Pattern.compile(
          "([+-]?\\d+)(?:\\s*/\\s*|\\s+per\\s+)(\\S.*?)(?:\\s*\\(capacity ([+-]?\\d+)\\))?");
  private static final Pattern BARE_UNIT = Pattern.compile("[a-z]+");
  private static final Pattern AMOUNT = Pattern.compile("\\s*(\\d+)\\s*([a-z]+)");

  private RateText() {}

  static Rate parse(String text) {
    String trimmed = text.strip().toLowerCase(Locale.ROOT);
    if (trimmed.equals("unlimited")) {
      return Rate.UNLIMITED;
    }
    Matcher matcher = RATE.matcher(trimmed);
    if (trimmed.length() > MAX_LENGTH || !matcher.matches()) {
      throw malformed(text);
    }
    long limit = number(matcher.group(1), text);
    String capacity = matcher.group(3);
    return Rate.of(
        limit, period(matcher.group(2), text), capacity == null ? limit : number(capacity, text));
  }

  private static Duration period(String period, String text) {
    if (BARE_UNIT.matcher(period).matches()) {
      return unit(period, text);
    }
    if (period.startsWith("p")) {
      return iso(period, text);
    }
    Duration total = Duration.ZERO;
    Matcher amount = AMOUNT.matcher(period);
    int position = 0;
    while (position < period.length()) {
      if (!amount.find(position) || amount.start() != position) {
        throw malformed(text);
      }
      try {
        total = total.plus(unit(amount.group(2), text).multipliedBy(number(amount.group(1), text)));
      } catch (ArithmeticException e) {
        throw new ConfigurationException("period is too long in rate \"" + text + "\"", e);
      }
      position = amount.end();
    }
    return total;
  }

  private static Duration iso(String period, String text) {
    try {
      return Duration.parse(period);
    } catch (DateTimeParseException e) {
      throw malformed(text);
    }
  }

  private static Duration unit(String unit, String text) {
    return switch (unit) {
      case "ms", "milli", "millis", "millisecond", "milliseconds" -> Duration.ofMillis(1);
      case "s", "sec", "secs", "second", "seconds" -> Duration.ofSeconds(1);
      case "m", "min", "mins", "minute", "minutes" -> Duration.ofMinutes(1);
      case "h", "hr", "hrs", "hour", "hours" -> Duration.ofHours(1);
      case "d", "day", "days" -> Duration.ofDays(1);
      default ->
          throw new ConfigurationException(
              "time unit must be ms, s, min, h or day: \"" + unit + "\" in rate \"" + text + "\"");
    };
  }

  private static long number(String digits, String text) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new ConfigurationException(
          "A number must be at most "
              + Long.MAX_VALUE
              + ": "
              + digits
              + " in rate \""
              + text
              + "\"",
          e);
    }
  }

  private static ConfigurationException malformed(String text) {
    String excerpt = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text;
    return new ConfigurationException(
        "rate must have the form 100/min, 10/30s, 100 per minute, 100/1h5m30s or 100/min (capacity 20): \""
            + excerpt
            + "\"");
  }

  static String format(long limit, Duration period, long capacity) {
    String text = limit + "/" + format(period);
    return capacity == limit ? text : text + " (capacity " + capacity + ")";
  }

  private static String format(Duration period) {
    if (period.equals(Duration.ofDays(1))) {
      return "day";
    }
    if (period.equals(Duration.ofHours(1))) {
      return "h";
    }
    if (period.equals(Duration.ofMinutes(1))) {
      return "min";
    }
    if (period.equals(Duration.ofSeconds(1))) {
      return "s";
    }
    if (period.toNanosPart() % 1_000_000 != 0) {
      // The text form has no unit below milliseconds; the ISO form is exact.
      return period.toString();
    }
    StringBuilder text = new StringBuilder();
    append(text, period.toHours(), "h");
    append(text, period.toMinutesPart(), "m");
    append(text, period.toSecondsPart(), "s");
    append(text, period.toMillisPart(), "ms");
    return text.toString();
  }

  private static void append(StringBuilder text, long amount, String unit) {
    if (amount != 0) {
      text.append(amount).append(unit);
    }
  }
}

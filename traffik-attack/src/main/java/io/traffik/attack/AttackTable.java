package io.traffik.attack;

import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.StatusCounts;
import io.traffik.attack.scenario.ExpectedCount;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints rows under a heading. */
final class AttackTable {

  private static final String FORMAT =
      "%-10s %-14s %-7s %5s  %-62s %8s %6s %9s %17s %17s %6s %7s %8s  %s%n";
  private static final double BYTES_PER_MEBIBYTE = 1 << 20;

  private AttackTable() {}

  static String heading() {
    return String.format(
            Locale.ROOT,
            FORMAT,
            "attack",
            "server",
            "backend",
            "conn.",
            "counts (expected)",
            "429",
            "503",
            "innocents",
            "p50 ms, innocents",
            "p99 ms, innocents",
            "heap",
            "threads",
            "logged",
            "")
        + String.format(
            Locale.ROOT,
            FORMAT,
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "denied",
            "quiet/attack",
            "quiet/attack",
            "MiB",
            "",
            "lines",
            "");
  }

  static String line(AttackRow row) {
    AttackRow.Measured measured = row.measured();
    if (measured == null) {
      return String.format(
          Locale.ROOT,
          "%-10s %-14s %-7s %5d  %s WRONG%n",
          row.attacked().attack().name(),
          row.attacked().server(),
          row.attacked().backend(),
          row.attacked().connections(),
          row.failure());
    }
    return String.format(
        Locale.ROOT,
        FORMAT,
        row.attacked().attack().name(),
        row.attacked().server(),
        row.attacked().backend(),
        row.attacked().connections(),
        measured.outcome().counts().stream()
            .map(ExpectedCount::toString)
            .collect(Collectors.joining(", ")),
        measured.outcome().statuses().of(StatusCounts.DENIED),
        measured.outcome().statuses().of(StatusCounts.OVERLOADED),
        measured.innocentsDenied(),
        quantiles(measured, 0.5),
        quantiles(measured, 0.99),
        Math.round(measured.state().heapBytes() / BYTES_PER_MEBIBYTE),
        measured.state().threads(),
        measured.logLines(),
        row.faults().isEmpty() ? "ok" : "WRONG");
  }

  private static String quantiles(AttackRow.Measured measured, double quantile) {
    return millis(measured.quiet(), quantile)
        + "/"
        + millis(measured.outcome().innocents(), quantile);
  }

  private static String millis(ClientAnswers answers, double quantile) {
    return answers.nanos().isEmpty()
        ? "-"
        : String.format(Locale.ROOT, "%.1f", answers.millis(quantile));
  }
}

package io.traffik.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a flood did to a store. Durations are nanoseconds per hit and thread, the making of the
 * identity not counted.
 */
record FloodFindings(
    long clients,
    long bound,
    double knownNanos,
    double newNanos,
    long watched,
    long freed,
    long refused,
    long failed,
    long overBound,
    Pauses pauses) {

  /** What a single call may compute, 1 ms. */
  static final long LONGEST_CALL_NANOS = 1_000_000;

  /** What went wrong, in words; empty if the store stood. */
  List<String> faults() {
    List<String> faults = new ArrayList<>(wrongAnswers());
    if (pauses.longestOwn() > LONGEST_CALL_NANOS) {
      faults.add("a call took " + pauses.longestOwn() / 1_000 + " µs of processor time");
    }
    return faults;
  }

  /** The faults that are no matter of time. */
  List<String> wrongAnswers() {
    List<String> faults = new ArrayList<>();
    addIfAny(faults, freed, "throttled clients were let through");
    addIfAny(faults, refused, "new clients were denied");
    addIfAny(faults, failed, "hits failed");
    addIfAny(faults, overBound, "counts were above the bound");
    if (watched == 0) {
      faults.add("no throttled client was watched");
    }
    return faults;
  }

  private static void addIfAny(List<String> faults, long count, String what) {
    if (count > 0) {
      faults.add(count + " " + what);
    }
  }

  /** How many hits on new clients take as long as one hundred on known ones. */
  double throughputPercent() {
    return 100 * knownNanos / newNanos;
  }

  /** What was found, in full sentences. */
  String inWords() {
    List<String> faults = faults();
    return String.format(
        Locale.ROOT,
        "%s. %s new clients, twice, at a bound of %s: %.0f ns a hit against %.0f ns for known ones"
            + " that are equally frequent, %.0f %% of their throughput. Of %s hits of throttled clients in between, %d were"
            + " allowed. Of single calls, 99.9 %% took at most %.1f µs and 99.99 %% %.1f µs; the longest"
            + " took %.0f µs, %.0f µs with safepoints taken away. Waits for locks were at most %.0f µs;"
            + " the call that computed longest did so for %.0f µs.",
        faults.isEmpty() ? "passed" : "failed: " + String.join(", ", faults),
        Figure.grouped(clients),
        Figure.grouped(bound),
        newNanos,
        knownNanos,
        throughputPercent(),
        Figure.grouped(watched),
        freed,
        pauses.p999() / 1e3,
        pauses.p9999() / 1e3,
        pauses.longest() / 1e3,
        pauses.longestWithoutSafepoints() / 1e3,
        pauses.longestWait() / 1e3,
        pauses.longestOwn() / 1e3);
  }
}

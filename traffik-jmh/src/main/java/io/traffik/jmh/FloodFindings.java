package io.traffik.jmh;

import java.util.ArrayList;
import java.util.List;

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
    List<String> faults = new ArrayList<>();
    addIfAny(faults, freed, "throttled clients were let through");
    addIfAny(faults, refused, "new clients were denied");
    addIfAny(faults, failed, "hits failed");
    addIfAny(faults, overBound, "counts were above the bound");
    if (watched == 0) {
      faults.add("no throttled client was watched");
    }
    if (pauses.longestOwn() > LONGEST_CALL_NANOS) {
      faults.add("a call took " + pauses.longestOwn() / 1_000 + " µs of processor time");
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
}

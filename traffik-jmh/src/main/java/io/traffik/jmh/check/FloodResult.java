package io.traffik.jmh.check;

import io.traffik.jmh.workload.GroupedNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a flood did to a store. Durations are nanoseconds per hit and thread, the making of the
 * identity not counted.
 */
public record FloodResult(
    long clients,
    long bound,
    double knownNanos,
    double newNanos,
    long probes,
    long wronglyAllowed,
    long wronglyDenied,
    long failures,
    long boundViolations,
    CallLatencies latencies) {

  /** What a single call may compute, 1 ms. */
  public static final long LONGEST_CALL_NANOS = 1_000_000;

  /** What went wrong, in words; empty if the store stood. */
  public List<String> faults() {
    List<String> faults = new ArrayList<>(wrongAnswers());
    if (latencies.longestCpuTime() > LONGEST_CALL_NANOS) {
      faults.add("a call took " + latencies.longestCpuTime() / 1_000 + " µs of processor time");
    }
    return faults;
  }

  /** The faults that are no matter of time. */
  public List<String> wrongAnswers() {
    List<String> faults = new ArrayList<>();
    addIfAny(faults, wronglyAllowed, "throttled clients were let through");
    addIfAny(faults, wronglyDenied, "new clients were denied");
    addIfAny(faults, failures, "hits failed");
    addIfAny(faults, boundViolations, "counts were above the bound");
    if (probes == 0) {
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
  public double throughputPercent() {
    return 100 * knownNanos / newNanos;
  }

  /** What was found, in full sentences. */
  public String inWords() {
    List<String> faults = faults();
    return String.format(
        Locale.ROOT,
        "%s. %s new clients, twice, at a bound of %s: %.0f ns a hit against %.0f ns for known ones"
            + " that are equally frequent, %.0f %% of their throughput. Of %s hits of throttled clients in between, %d were"
            + " allowed. Of single calls, 99.9 %% took at most %.1f µs and 99.99 %% %.1f µs; the longest"
            + " took %.0f µs, %.0f µs with safepoints taken away. Waits for locks were at most %.0f µs;"
            + " the call that computed longest did so for %.0f µs.",
        faults.isEmpty() ? "passed" : "failed: " + String.join(", ", faults),
        GroupedNumber.of(clients),
        GroupedNumber.of(bound),
        newNanos,
        knownNanos,
        throughputPercent(),
        GroupedNumber.of(probes),
        wronglyAllowed,
        latencies.p999() / 1e3,
        latencies.p9999() / 1e3,
        latencies.longest() / 1e3,
        latencies.longestWithoutSafepoints() / 1e3,
        latencies.longestLockWait() / 1e3,
        latencies.longestCpuTime() / 1e3);
  }
}

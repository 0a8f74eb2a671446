package io.traffik.jmh.check;

import io.traffik.jmh.workload.GroupedNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The result of a {@link FloodCheck}. Durations are nanoseconds per hit and thread, without the
 * creation of identities.
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

  /** The longest processor time that a single call may take, 1 ms. */
  public static final long LONGEST_CALL_NANOS = 1_000_000;

  /** Describes all faults; empty if the check passed. */
  public List<String> faults() {
    List<String> faults = new ArrayList<>(wrongAnswers());
    if (latencies.longestCpuTime() > LONGEST_CALL_NANOS) {
      faults.add("a call took " + latencies.longestCpuTime() / 1_000 + " µs of processor time");
    }
    return faults;
  }

  /** Describes the faults other than slow calls. */
  public List<String> wrongAnswers() {
    List<String> faults = new ArrayList<>();
    addIfAny(faults, wronglyAllowed, "hits of throttled clients were allowed");
    addIfAny(faults, wronglyDenied, "new clients were denied");
    addIfAny(faults, failures, "hits failed");
    addIfAny(faults, boundViolations, "counts exceeded the bound");
    if (probes == 0) {
      faults.add("no throttled client was probed");
    }
    return faults;
  }

  private static void addIfAny(List<String> faults, long count, String what) {
    if (count > 0) {
      faults.add(count + " " + what);
    }
  }

  /** Returns the throughput of new clients in per cent of that of known ones. */
  public double throughputPercent() {
    return 100 * knownNanos / newNanos;
  }

  /** Describes the result in sentences. */
  public String summary() {
    List<String> faults = faults();
    return String.format(
        Locale.ROOT,
        "%s. %s new clients, twice, at a bound of %s: %.0f ns per hit, %.0f ns for equally frequent known"
            + " clients; that is %.0f %% of their throughput. Of %s hits of throttled clients, %d were"
            + " allowed. 99.9 %% of calls took at most %.1f µs, 99.99 %% at most %.1f µs; the longest took"
            + " %.0f µs, or %.0f µs without safepoints. The longest wait for a lock was %.0f µs; the"
            + " longest processor time of a call was %.0f µs.",
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

package io.traffik.jmh.check;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;

/**
 * Attribution of the duration of slow calls to safepoints, lock waits and processor time, from the
 * events of a flight recording.
 *
 * <p>The time of safepoints is subtracted from the wall-clock time of a call. The rest is processor
 * time, time without a processor, or a wait for a lock. Waits are reported apart, because a lock is
 * held both while its holder computes and while its holder has no processor.
 */
final class JfrAttribution {

  static final String SAFEPOINT_BEGIN = "jdk.SafepointBegin";
  static final String SAFEPOINT_END = "jdk.SafepointEnd";
  static final String PARK = "jdk.ThreadPark";
  static final String MONITOR = "jdk.JavaMonitorEnter";

  private final List<Span> safepoints;
  private long longestWithoutSafepoints;
  private long longestCpuTime;
  private long longestLockWait;

  JfrAttribution(List<Span> safepoints) {
    this.safepoints = safepoints;
  }

  static JfrAttribution of(List<RecordedEvent> events) {
    Map<Long, Instant> begins = new HashMap<>();
    for (RecordedEvent event : events) {
      if (event.getEventType().getName().equals(SAFEPOINT_BEGIN)) {
        begins.put(event.getLong("safepointId"), event.getStartTime());
      }
    }
    List<Span> safepoints = new ArrayList<>();
    Map<Long, List<Span>> waits = new HashMap<>();
    for (RecordedEvent event : events) {
      switch (event.getEventType().getName()) {
        case SAFEPOINT_END -> {
          Instant begin = begins.get(event.getLong("safepointId"));
          if (begin != null) {
            safepoints.add(new Span(begin, event.getEndTime()));
          }
        }
        case PARK, MONITOR ->
            waits.computeIfAbsent(thread(event), first -> new ArrayList<>()).add(Span.of(event));
        default -> {}
      }
    }
    JfrAttribution attribution = new JfrAttribution(safepoints);
    for (RecordedEvent event : events) {
      if (event.getEventType().getName().equals(SlowCallEvent.NAME)) {
        List<Span> ownWaits = waits.getOrDefault(thread(event), List.of());
        attribution.add(Span.of(event), event.getLong(SlowCallEvent.CPU_NANOS), ownWaits);
      }
    }
    return attribution;
  }

  private static long thread(RecordedEvent event) {
    RecordedThread thread = event.getThread();
    return thread == null ? -1 : thread.getId();
  }

  void add(Span call, long cpuNanos, List<Span> waits) {
    long running = call.nanos() - call.overlap(safepoints);
    longestWithoutSafepoints = Math.max(longestWithoutSafepoints, running);
    longestCpuTime = Math.max(longestCpuTime, Math.min(running, cpuNanos));
    longestLockWait = Math.max(longestLockWait, Math.min(running, call.overlap(waits)));
  }

  long longestWithoutSafepoints() {
    return longestWithoutSafepoints;
  }

  long longestCpuTime() {
    return longestCpuTime;
  }

  long longestLockWait() {
    return longestLockWait;
  }

  long safepoints() {
    return safepoints.size();
  }

  long longestSafepoint() {
    return safepoints.stream().mapToLong(Span::nanos).max().orElse(0);
  }

  /** An interval of time. */
  record Span(Instant from, Instant to) {

    static Span of(RecordedEvent event) {
      return new Span(event.getStartTime(), event.getEndTime());
    }

    long nanos() {
      return Duration.between(from, to).toNanos();
    }

    long overlap(List<Span> others) {
      long sum = 0;
      for (Span other : others) {
        Instant begin = from.isAfter(other.from) ? from : other.from;
        Instant end = to.isBefore(other.to) ? to : other.to;
        sum += Math.max(0, Duration.between(begin, end).toNanos());
      }
      return sum;
    }
  }
}

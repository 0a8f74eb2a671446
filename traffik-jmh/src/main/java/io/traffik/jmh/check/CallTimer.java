package io.traffik.jmh.check;

import io.traffik.jmh.workload.Limiter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * A timer of every call of a limiter. It separates the limiter's own time from pauses of the
 * virtual machine and of the operating system.
 *
 * <p>Calls above {@link #SLOW} go to a flight recording, with safepoints and waits for locks; see
 * {@link JfrAttribution}.
 */
final class CallTimer implements AutoCloseable {

  /** The threshold above which pauses are subtracted from a call. */
  static final Duration SLOW = Duration.ofNanos(50_000);

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Histogram wall = new ConcurrentHistogram(3);
  private final Recording recording = new Recording();

  CallTimer() {
    for (String pause :
        new String[] {JfrAttribution.SAFEPOINT_BEGIN, JfrAttribution.SAFEPOINT_END}) {
      recording.enable(pause).withoutThreshold().withoutStackTrace();
    }
    for (String wait : new String[] {JfrAttribution.PARK, JfrAttribution.MONITOR}) {
      recording.enable(wait).withThreshold(SLOW.dividedBy(2)).withoutStackTrace();
    }
    recording.enable(SlowCallEvent.class).withThreshold(SLOW);
    recording.start();
  }

  /** Wraps a limiter so that every hit is timed; thread-safe. */
  Limiter timed(Limiter limiter) {
    return new Timed(limiter);
  }

  /** Ends the recording and returns the latencies so far. */
  CallLatencies latencies() throws IOException {
    recording.stop();
    Path file = Files.createTempFile("traffik-calls", ".jfr");
    try {
      recording.dump(file);
      JfrAttribution attribution = JfrAttribution.of(RecordingFile.readAllEvents(file));
      long longestQuick = longestBelow(SLOW.toNanos());
      return new CallLatencies(
          wall.getValueAtPercentile(50),
          wall.getValueAtPercentile(99.9),
          wall.getValueAtPercentile(99.99),
          wall.getMaxValue(),
          Math.max(longestQuick, attribution.longestWithoutSafepoints()),
          Math.max(longestQuick, attribution.longestCpuTime()),
          attribution.longestLockWait(),
          attribution.safepoints(),
          attribution.longestSafepoint());
    } finally {
      Files.delete(file);
    }
  }

  private long longestBelow(long nanos) {
    long longest = 0;
    for (var recorded : wall.recordedValues()) {
      if (recorded.getValueIteratedTo() < nanos) {
        longest = Math.max(longest, recorded.getValueIteratedTo());
      }
    }
    return longest;
  }

  @Override
  public void close() {
    recording.close();
  }

  private final class Timed implements Limiter {

    private final Limiter limiter;

    Timed(Limiter limiter) {
      this.limiter = limiter;
    }

    @Override
    public boolean hit(String identity) {
      SlowCallEvent call = new SlowCallEvent();
      long cpuBefore = THREADS.getCurrentThreadCpuTime();
      call.begin();
      long before = System.nanoTime();
      boolean allowed = limiter.hit(identity);
      long nanos = System.nanoTime() - before;
      call.end();
      if (call.shouldCommit()) {
        call.cpuNanos = THREADS.getCurrentThreadCpuTime() - cpuBefore;
        call.commit();
      }
      wall.recordValue(nanos);
      return allowed;
    }

    @Override
    public void consumeHalf(String identity) {
      limiter.consumeHalf(identity);
    }

    @Override
    public long size() {
      return limiter.size();
    }
  }
}

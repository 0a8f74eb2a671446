package io.traffik.redis.fault;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Records the pauses of this process: a thread that repeatedly sleeps one millisecond, and notes
 * when it overslept by more than 100.
 */
final class PauseMonitor extends Thread implements AutoCloseable {

  private static final long SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final List<Pause> pauses = new CopyOnWriteArrayList<>();
  private volatile boolean stopped;

  private record Pause(long start, long end) {}

  private PauseMonitor() {
    super("pause-monitor");
    setDaemon(true);
  }

  static PauseMonitor begin() {
    PauseMonitor monitor = new PauseMonitor();
    monitor.start();
    return monitor;
  }

  @Override
  public void run() {
    while (!stopped) {
      long start = System.nanoTime();
      LockSupport.parkNanos(SLEEP_NANOS);
      long end = System.nanoTime();
      if (end - start > PAUSE_NANOS) {
        pauses.add(new Pause(start, end));
      }
    }
  }

  /** Whether the process paused between two instants of {@link System#nanoTime}. */
  boolean pausedBetween(long start, long end) {
    return pauses.stream().anyMatch(pause -> pause.start() - end <= 0 && pause.end() - start >= 0);
  }

  int pauses() {
    return pauses.size();
  }

  @Override
  public void close() {
    stopped = true;
    try {
      join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

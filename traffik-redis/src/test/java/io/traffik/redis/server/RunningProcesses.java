package io.traffik.redis.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What was started and must not outlive this virtual machine. */
final class RunningProcesses {

  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  private RunningProcesses() {}

  static void add(Process process) {
    RUNNING.add(process);
  }

  /** Ends a process, a stopped one too, and waits until it has gone. */
  static void end(Process process) {
    process.destroyForcibly();
    boolean interrupted = false;
    while (true) {
      try {
        process.waitFor();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    RUNNING.remove(process);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  static void end() {
    RUNNING.forEach(RunningProcesses::end);
  }
}

package io.traffik.redis.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The started processes, which must not outlive this JVM. */
final class RunningProcesses {

  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  private RunningProcesses() {}

  static void add(Process process) {
    RUNNING.add(process);
  }

  /** Kills a process, even if it is paused, and waits until it has ended. */
  static void kill(Process process) {
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

  static void killAll() {
    RUNNING.forEach(RunningProcesses::kill);
  }
}

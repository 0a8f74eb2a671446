package io.traffik.attack;

import java.io.IOException;
import java.util.List;

/**
 * A server that has been attacked and told to stop. Its threads need some seconds to end. Other
 * attacks may run meanwhile.
 *
 * @param process its JVM
 * @param measured the results, still without the threads that remain
 */
record StoppingServer(ServerProcess process, List<AttackRow> measured) {

  /** Waits for the end of the threads, ends the JVM, and returns the results. */
  List<AttackRow> rows() throws IOException {
    try (process) {
      // A server that failed has no threads to count.
      if (measured.stream().anyMatch(row -> row.failure() != null)) {
        return measured;
      }
      List<String> threadsLeft = process.threadsLeft();
      return measured.stream().map(row -> row.withThreadsLeft(threadsLeft)).toList();
    }
  }
}

package io.traffik.attack;

import java.io.IOException;
import java.util.List;

/**
 * A server that was told to stop.
 *
 * @param name what it was
 * @param process its JVM
 */
record StoppedServer(String name, ServerProcess process) {

  /** Waits until its threads have ended, ends the JVM, and returns the threads that remain. */
  List<String> threadsLeft() {
    try (process) {
      return process.threadsLeft();
    } catch (IOException e) {
      return List.of("unknown: " + e.getMessage());
    }
  }
}
